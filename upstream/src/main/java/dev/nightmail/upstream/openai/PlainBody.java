package dev.nightmail.upstream.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.upstream.json.RawJson;
import dev.nightmail.upstream.openai.ChatPayload.Choice;
import dev.nightmail.wire.error.ErrorMeaning;
import dev.nightmail.wire.error.ErrorReading;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What came in one piece under a success. Nearly always it is a completion; some servers put the
 * end of a stream behind it, and some stream whatever they were asked for.
 *
 * @param payload empty if it is not of this API
 * @param error that it holds
 */
record PlainBody(Optional<ChatPayload> payload, Optional<ErrorMeaning> error) {

    private static final String DONE = "[DONE]";
    private static final byte[] DATA = "data:".getBytes(UTF_8);

    /**
     * @param tools the names that a call may have
     */
    static PlainBody read(byte[] body, Set<String> tools) {
        var payload = ChatPayload.read(body);
        if (payload.isPresent()) {
            return new PlainBody(payload, payload.get().error(body));
        }
        int end = endBeforeDone(body);
        if (end >= 0) {
            byte[] before = Arrays.copyOf(body, end);
            var cut = ChatPayload.read(before);
            if (cut.isPresent()) {
                return new PlainBody(cut, cut.get().error(before));
            }
        }
        return EventStream.begins(body) ? ofEvents(body, tools) : foreign(body);
    }

    private static PlainBody foreign(byte[] body) {
        return new PlainBody(Optional.empty(), ErrorReading.readInAnswer(body));
    }

    /** Where the last line begins that ends a stream; -1 if there is none. */
    private static int endBeforeDone(byte[] body) {
        for (int at = body.length - DATA.length; at >= 0; at--) {
            if (Arrays.equals(body, at, at + DATA.length, DATA, 0, DATA.length)) {
                int from = at + DATA.length;
                var rest = new String(body, from, body.length - from, UTF_8).strip();
                return rest.equals(DONE) ? at : -1;
            }
        }
        return -1;
    }

    private static PlainBody ofEvents(byte[] body, Set<String> tools) {
        var events = new Events();
        try {
            var stream = new ServerSentEvents(events);
            stream.take(body, 0, body.length);
            stream.end();
        } catch (IOException _) {
            // It makes no sense.
            return new PlainBody(Optional.empty(), Optional.empty());
        }
        return new PlainBody(events.joined(tools), events.error);
    }

    /** Puts the events of a whole stream together. */
    private static final class Events implements ServerSentEvents.Receiver {

        private final List<ChatPayload> payloads = new ArrayList<>();
        private Optional<ErrorMeaning> error = Optional.empty();
        private boolean done;

        @Override
        public void comment() {
            // Nobody waits any more.
        }

        @Override
        public void data(byte[] data) throws IOException {
            if (MessageEvents.isDone(data)) {
                done = true;
                return;
            }
            var payload =
                    ChatPayload.read(data)
                            .orElseThrow(() -> new IOException("an event that is no object"));
            if (error.isEmpty()) {
                error = payload.error(data);
            }
            payloads.add(payload);
        }

        Optional<ChatPayload> joined(Set<String> tools) {
            var choices = new ArrayList<Choice>();
            ChatPayload first = null;
            ChatUsage usage = null;
            for (var payload : payloads) {
                if (payload.choice() != null) {
                    choices.add(payload.choice());
                    first = first == null ? payload : first;
                }
                usage = payload.usage() == null ? usage : payload.usage();
            }
            if (first == null) {
                return Optional.empty();
            }
            var choice = joined(choices, tools);
            boolean whole = done || choice.finish() != null;
            return Optional.of(
                    new ChatPayload(
                            first.id(), first.model(), whole ? choice : null, usage, false));
        }

        private static Choice joined(List<Choice> choices, Set<String> tools) {
            var pieces = new CallPieces(tools);
            var refusals = new ArrayList<RawJson.Text>();
            String finish = null;
            RawJson.Text stopText = null;
            for (var choice : choices) {
                choice.toolCalls().forEach(piece -> pieces.take(piece, choice.whole()));
                if (choice.refusal() != null) {
                    refusals.add(choice.refusal());
                }
                finish = choice.finish() == null ? finish : choice.finish();
                stopText = choice.stopText() == null ? stopText : choice.stopText();
            }
            return new Choice(
                    true,
                    choices.stream().flatMap(choice -> choice.thoughts().stream()).toList(),
                    choices.stream().flatMap(choice -> choice.words().stream()).toList(),
                    refusals.isEmpty() ? null : MessageJson.joined(refusals),
                    pieces.whole(),
                    finish,
                    stopText);
        }
    }
}
