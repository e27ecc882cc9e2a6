package dev.nightmail.upstream.openai;

import dev.nightmail.core.memory.MemoryShare;
import dev.nightmail.core.upstream.AnswerSink;
import dev.nightmail.upstream.http.BodyReceiver;
import dev.nightmail.upstream.http.FailedStep;
import dev.nightmail.upstream.http.HeldBytes;
import dev.nightmail.upstream.http.HttpHeaders;
import dev.nightmail.upstream.openai.EventStream.Look;
import dev.nightmail.upstream.wire.ErrorBody;
import dev.nightmail.upstream.wire.UpstreamErrors;
import java.io.IOException;
import java.util.Map;

/**
 * The answer to a call that asked for a stream. Chunks are told as they come; an error, or a whole
 * completion from a server that does not stream, is held until it is there.
 */
final class StreamedAnswer implements BodyReceiver {

    /** Far above any API error; what is longer is none. */
    private static final int ERROR_BYTES_MAX = 1 << 20;

    private static final Map<String, String> EVENT_STREAM =
            Map.of("content-type", "text/event-stream; charset=utf-8", "cache-control", "no-cache");

    private final ChatRequest request;
    private final RefusedExtras refused;
    private final Answers answers;
    private final int answerBytesMax;
    private final AnswerSink sink;
    private final Reply reply;
    private final MessageEvents events;
    private final ServerSentEvents chunks;
    private final HeldBytes held;

    private int status;
    private HttpHeaders headers = HttpHeaders.NONE;
    private Look look = Look.UNKNOWN;
    private boolean streams;
    private boolean again;

    StreamedAnswer(
            ChatRequest request,
            RefusedExtras refused,
            Answers answers,
            int answerBytesMax,
            MemoryShare memory,
            AnswerSink sink,
            Reply reply) {
        this.held = new HeldBytes(memory, Math.max(answerBytesMax, ERROR_BYTES_MAX));
        this.request = request;
        this.refused = refused;
        this.answers = answers;
        this.answerBytesMax = answerBytesMax;
        this.sink = sink;
        this.reply = reply;
        this.events = new MessageEvents(request, sink, EVENT_STREAM, answers, new Faults());
        this.chunks = new ServerSentEvents(events);
    }

    @Override
    public void begin(int answerStatus, HttpHeaders answerHeaders) {
        status = answerStatus;
        headers = answerHeaders;
    }

    @Override
    public void body(byte[] bytes, int offset, int length) throws IOException {
        if (streams) {
            chunks.take(bytes, offset, length);
            return;
        }
        keep(bytes, offset, length);
        if (Answers.isGood(status) && look == Look.UNKNOWN) {
            look();
        }
    }

    /** What an answer is shows in its first bytes; what it is called decides if they do not. */
    private void look() throws IOException {
        byte[] first = held.beginning(EventStream.LOOKED_AT_MAX);
        look = EventStream.look(first, first.length);
        boolean undecided = look == Look.UNKNOWN && first.length < EventStream.LOOKED_AT_MAX;
        if (look == Look.UNKNOWN && !undecided) {
            look = UpstreamErrors.isEventStream(headers) ? Look.EVENTS : Look.DOCUMENT;
        }
        if (look == Look.EVENTS) {
            takeHeld();
        }
    }

    private void takeHeld() throws IOException {
        byte[] all = held.drain();
        streams = true;
        chunks.take(all, 0, all.length);
    }

    private void keep(byte[] bytes, int offset, int length) throws IOException {
        if (held.length() + length <= (Answers.isGood(status) ? answerBytesMax : ERROR_BYTES_MAX)) {
            held.add(bytes, offset, length);
        } else if (Answers.isGood(status)) {
            throw new BrokenAnswerException(
                    FailedStep.BODY_TOO_LARGE,
                    "the upstream's answer is longer than any should be");
        }
    }

    /** The answer is whole. */
    void end() throws IOException {
        if (Answers.isGood(status)
                && look == Look.UNKNOWN
                && UpstreamErrors.isEventStream(headers)) {
            takeHeld();
        }
        if (streams) {
            chunks.end();
            events.end();
        } else if (!Answers.isGood(status)) {
            byte[] body = held.drain();
            if (refused.learn(request, status, body)) {
                again = true;
            } else {
                reply.send(answers.refusal(status, headers, body), headers);
            }
        } else {
            whole(held.drain());
        }
    }

    /** Whether nothing was told, since the same without an extra may be answered. */
    boolean isToBeSentAgain() {
        return again;
    }

    @Override
    public void idle() throws IOException {
        sink.idle();
    }

    private void whole(byte[] body) throws IOException {
        var read = PlainBody.read(body, request.names().tools());
        if (read.error().isPresent()) {
            reply.send(answers.inAnswer(read.error().get(), headers), headers);
            return;
        }
        var payload = read.payload();
        if (payload.isEmpty() || payload.get().choice() == null) {
            reply.send(answers.noCompletion(status, headers, body), headers);
            return;
        }
        events.tell(payload.get());
        events.conclude();
    }

    private final class Faults implements MessageEvents.Faults {
        @Override
        public void answer(Reading reading) throws IOException {
            reply.send(reading, headers);
        }

        @Override
        public void note(Reading reading) {
            reply.note(reading, headers);
        }
    }

    /** The exchange failed. */
    void fail(Reading.Fault failure) throws IOException {
        if (events.isOver()) {
            // All was said before the connection broke.
            return;
        }
        if (events.isBegun()) {
            reply.note(failure, headers);
            sink.breakOff(ErrorBody.of(failure.type(), failure.message(), null));
        } else {
            reply.send(failure, headers);
        }
    }
}
