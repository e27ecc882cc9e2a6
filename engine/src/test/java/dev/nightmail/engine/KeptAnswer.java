package dev.nightmail.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.upstream.AnswerSink;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** What a client gets that nobody breaks off. */
class KeptAnswer implements AnswerSink {

    final List<Integer> statuses = new CopyOnWriteArrayList<>();
    volatile Map<String, String> headers = Map.of();
    final StringBuilder body = new StringBuilder();
    volatile boolean ended;

    @Override
    public void begin(int status, Map<String, String> answerHeaders) {
        statuses.add(status);
        headers = answerHeaders;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        body.append(new String(bytes, offset, length, UTF_8));
    }

    @Override
    public void end() {
        ended = true;
    }

    @Override
    public void breakOff(JsonBytes error) {
        throw new AssertionError("nothing breaks off here");
    }

    @Override
    public void abort(Throwable cause) {
        throw new AssertionError(cause);
    }

    int status() {
        return statuses.getLast();
    }

    int begun() {
        return statuses.size();
    }
}
