package dev.nightmail.api.messages;

import dev.nightmail.api.auth.Caller;
import dev.nightmail.api.exchange.ClientGoneException;
import dev.nightmail.api.exchange.Exchange;
import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.upstream.Call;
import dev.nightmail.core.upstream.Call.Endpoint;
import dev.nightmail.engine.desk.MessageDesk;
import java.io.IOException;
import java.util.function.Function;

/** The endpoints that an upstream answers while the client waits. */
public final class MessageEndpoints {

    private static final JsonBytes NO_BODY = JsonBytes.of(new byte[0]);
    private static final String NO_MODEL = "";

    /** A longer body is counted twice: on its way to some upstreams another is made of it. */
    private static final int COPY_COUNTED_BYTES = 64 * 1024;

    private final Function<Caller, MessageDesk> desks;

    public MessageEndpoints(MessageDesk desk) {
        this(_ -> desk);
    }

    /**
     * @param desks who serves whom
     */
    public MessageEndpoints(Function<Caller, MessageDesk> desks) {
        this.desks = desks;
    }

    public void messages(Exchange exchange, Caller caller, String id)
            throws IOException, InterruptedException {
        forwardBody(exchange, caller, new Endpoint.Messages());
    }

    public void countTokens(Exchange exchange, Caller caller, String id)
            throws IOException, InterruptedException {
        forwardBody(exchange, caller, new Endpoint.CountTokens());
    }

    public void models(Exchange exchange, Caller caller, String id)
            throws IOException, InterruptedException {
        forward(
                exchange,
                caller,
                new Endpoint.Models(exchange.rawQuery()),
                new MessageBody(NO_BODY, NO_MODEL, false));
    }

    public void model(Exchange exchange, Caller caller, String id)
            throws IOException, InterruptedException {
        var checked = ModelId.checked(id);
        var body = new MessageBody(NO_BODY, checked, false);
        forward(exchange, caller, new Endpoint.Model(checked), body);
    }

    private void forwardBody(Exchange exchange, Caller caller, Endpoint endpoint)
            throws IOException, InterruptedException {
        try (var memory = exchange.memory(caller)) {
            var bytes = exchange.wholeBody(exchange.limits().messageBodyBytesMax(), memory);
            if (bytes.length > COPY_COUNTED_BYTES) {
                memory.take(bytes.length);
            }
            forward(exchange, caller, endpoint, MessageBody.parse(bytes));
        }
    }

    private void forward(Exchange exchange, Caller caller, Endpoint endpoint, MessageBody body)
            throws IOException, InterruptedException {
        var call =
                new Call(
                        endpoint,
                        body.json(),
                        exchange.apiVersion(),
                        exchange.betas(),
                        exchange.userProfileId(),
                        exchange.limits().forwardTimeout());
        exchange.allowStalls();
        boolean streams = body.streams() && endpoint instanceof Endpoint.Messages;
        var answer = new ForwardedAnswer(exchange, streams);
        try (var watch = exchange.watchClient()) {
            try {
                desks.apply(caller).forward(body.model(), call, answer);
            } catch (InterruptedException e) {
                if (watch.clientIsGone()) {
                    throw new ClientGoneException(e);
                }
                throw e;
            }
        }
        answer.requireComplete();
    }
}
