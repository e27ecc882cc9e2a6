package dev.nightmail.app.server;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.upstream.AnswerSink;
import dev.nightmail.core.upstream.Call;
import dev.nightmail.core.upstream.Call.Endpoint;
import dev.nightmail.core.usage.AnswerBilling;
import dev.nightmail.engine.desk.MessageDesk;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Says of each model what its answers are billed at, in a field that upstreams do not have and SDKs
 * pass over: {@code "nightmail":{"billing":"batch"}}. All else of an upstream's answer stays as it
 * came. An upstream that says so itself, another server of ours, is nearer to the bill.
 */
final class BilledModels implements MessageDesk {

    private final MessageDesk desk;
    private final Function<String, Optional<AnswerBilling>> billing;

    BilledModels(MessageDesk desk, Function<String, Optional<AnswerBilling>> billing) {
        this.desk = desk;
        this.billing = billing;
    }

    @Override
    public void forward(String model, Call call, AnswerSink sink) throws InterruptedException {
        var told =
                switch (call.endpoint()) {
                    case Endpoint.Messages _, Endpoint.CountTokens _ -> sink;
                    case Endpoint.Model(var id) ->
                            new Billed(sink, body -> ModelBilling.ofOne(body, billing.apply(id)));
                    case Endpoint.Models _ ->
                            new Billed(sink, body -> ModelBilling.ofAll(body, billing));
                };
        desk.forward(model, call, told);
    }

    /** Holds a good answer until it is whole; one that is too long for models goes as it is. */
    private static final class Billed implements AnswerSink {
        private static final int BYTES_MAX = 8 << 20;
        private static final int OK = 200;

        private final AnswerSink sink;
        private final Function<byte[], byte[]> edit;
        private final ByteArrayOutputStream held = new ByteArrayOutputStream();
        private boolean holds;

        Billed(AnswerSink sink, Function<byte[], byte[]> edit) {
            this.sink = sink;
            this.edit = edit;
        }

        @Override
        public void begin(int status, Map<String, String> headers) throws IOException {
            holds = status == OK;
            sink.begin(status, headers);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (holds && held.size() + length > BYTES_MAX) {
                holds = false;
                pass(held.toByteArray());
            }
            if (holds) {
                held.write(bytes, offset, length);
            } else {
                sink.write(bytes, offset, length);
            }
        }

        private void pass(byte[] bytes) throws IOException {
            sink.write(bytes, 0, bytes.length);
        }

        @Override
        public void end() throws IOException {
            if (holds) {
                pass(edit.apply(held.toByteArray()));
            }
            sink.end();
        }

        @Override
        public void idle() throws IOException {
            sink.idle();
        }

        @Override
        public void breakOff(JsonBytes error) {
            sink.breakOff(error);
        }

        @Override
        public void abort(Throwable cause) {
            sink.abort(cause);
        }
    }
}
