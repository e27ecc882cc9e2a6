package dev.nightmail.engine;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.upstream.AnswerSink;
import java.util.Map;

/** A client that does not listen. */
final class NoSink implements AnswerSink {

    @Override
    public void begin(int status, Map<String, String> headers) {}

    @Override
    public void write(byte[] bytes, int offset, int length) {}

    @Override
    public void end() {}

    @Override
    public void breakOff(JsonBytes error) {}

    @Override
    public void abort(Throwable cause) {}
}
