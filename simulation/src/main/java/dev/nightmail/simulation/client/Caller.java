package dev.nightmail.simulation.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.request.ApiVersion;
import dev.nightmail.core.upstream.AnswerSink;
import dev.nightmail.core.upstream.Call;
import dev.nightmail.simulation.client.Server.Unanswered;
import dev.nightmail.simulation.turn.Baton;
import dev.nightmail.simulation.turn.Violation;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Makes interactive calls, one after the other, for as long as the world lasts: each gets one
 * answer, its own, and none is told that there is no place because of batches before it has waited.
 */
public final class Caller {

    private static final int NO_PLACE = 529;
    private static final List<String> MODELS = List.of("model-a", "model-b");

    private final Baton baton;
    private final Server server;
    private final Book book;
    private final RandomGenerator random;
    private final Manners manners;

    /**
     * @param pause longest between two calls
     * @param patience for which the server tries a call again that batches leave no place
     * @param leaseTtl after which the server takes a call nobody heard of for over
     */
    public record Manners(Duration pause, Duration patience, Duration leaseTtl) {}

    public Caller(Baton baton, Server server, Book book, RandomGenerator random, Manners manners) {
        this.baton = baton;
        this.server = server;
        this.book = book;
        this.random = random;
        this.manners = manners;
    }

    /** Ends with the world. */
    public void run() {
        while (true) {
            long nanos = manners.pause().toNanos() >>> random.nextInt(10);
            baton.sleep(Duration.ofNanos(random.nextLong(nanos) + 1));
            call();
        }
    }

    private void call() {
        var conversation = book.newConversation();
        var model = MODELS.get(random.nextInt(MODELS.size()));
        var call =
                new Call(
                        new Call.Endpoint.Messages(),
                        JsonBytes.of(
                                "{\"model\":\"%s\",\"id\":\"%s\"}"
                                        .formatted(model, conversation.id())),
                        ApiVersion.V2026_10_21,
                        List.of(),
                        null,
                        Duration.ofSeconds(1 + random.nextInt(60)));
        var ear = new Ear(conversation, random.nextInt(16) == 0);
        try {
            server.call(model, call, ear);
            ear.requireOver();
        } catch (Unanswered e) {
            baton.note("no answer");
        }
    }

    private final class Ear implements AnswerSink {
        private final Conversation conversation;
        private final boolean leaves;
        private final StringBuilder body = new StringBuilder();
        private boolean begun;
        private boolean over;

        Ear(Conversation conversation, boolean leaves) {
            this.conversation = conversation;
            this.leaves = leaves;
        }

        @Override
        public void begin(int status, Map<String, String> headers) throws IOException {
            require(!begun && !over, "is answered twice");
            begun = true;
            if (status == NO_PLACE
                    && !server.isStopping()
                    && conversation.shouldWait(
                            baton.nanos(), manners.patience(), manners.leaseTtl())) {
                throw new Violation(
                        conversation.id() + " is told of no place while a batch holds one");
            }
            if (leaves) {
                throw new IOException("the client is gone");
            }
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            require(begun && !over, "is told something outside of an answer");
            body.append(new String(bytes, offset, length, UTF_8));
        }

        @Override
        public void end() {
            require(begun && !over, "is told that it is over, and it is not");
            over = true;
            require(conversation.wasSaid(body.toString()), "is told what nobody said to it");
        }

        @Override
        public void breakOff(JsonBytes error) {
            require(begun && !over, "is broken off before it began");
            over = true;
        }

        @Override
        public void abort(Throwable cause) {
            require(!over && leaves, "is cut off, though its client listens");
            over = true;
        }

        void requireOver() {
            require(over, "has no answer");
        }

        private void require(boolean isSo, String otherwise) {
            if (!isSo) {
                throw new Violation(conversation.id() + " " + otherwise);
            }
        }
    }
}
