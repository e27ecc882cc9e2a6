package dev.nightmail.bench.upstream;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Locale;

/**
 * One client's connection: reads calls one after the other, as HTTP/1.1 clients without pipelining
 * send them, and answers each.
 */
final class Connection {

    /** Enough for most calls: there may be ten thousand connections. */
    private static final int CALL_BYTES = 4 * 1024;

    private static final int CALL_BYTES_MAX = 256 * 1024;
    private static final byte[] LENGTH = "\r\ncontent-length:".getBytes(US_ASCII);

    private final SocketChannel channel;
    private final Delays delays;
    private ByteBuffer call = ByteBuffer.allocate(CALL_BYTES);

    Connection(SocketChannel channel, Delays delays) {
        this.channel = channel;
        this.delays = delays;
    }

    /** There is something to read. */
    void serve() throws IOException {
        try {
            if (channel.read(call) < 0) {
                channel.close();
                return;
            }
            answerWholeCall();
            if (!call.hasRemaining()) {
                enlarge();
            }
        } catch (IOException _) {
            // The client broke off, as one does that is killed.
            channel.close();
        }
    }

    private void enlarge() {
        if (call.capacity() >= CALL_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "a call of more than %,d bytes".formatted(CALL_BYTES_MAX));
        }
        call = ByteBuffer.allocate(2 * call.capacity()).put(call.flip());
    }

    private void answerWholeCall() throws IOException {
        int head = headBytes();
        if (head < 0) {
            return;
        }
        var line = requestLine();
        if (line.startsWith("GET ")) {
            call.clear();
            write(
                    ByteBuffer.wrap(
                            line.contains("/v1/models/") ? Answers.model() : Answers.models()));
            return;
        }
        int length = contentLength(head);
        if (call.position() < head + length) {
            return;
        }
        if (line.contains("/count_tokens ")) {
            write(ByteBuffer.wrap(Answers.tokens()));
        } else {
            answer(Manner.of(line), head, length);
        }
        call.clear();
    }

    private void answer(Manner manner, int head, int length) throws IOException {
        switch (manner) {
            case Manner.Answering(var after) -> {
                var answer = ByteBuffer.wrap(Answers.to(call, head, length));
                if (after.isZero()) {
                    write(answer);
                } else {
                    delays.after(after, () -> writeLate(answer));
                }
            }
            case Manner.Holding _ -> {
                if (!Answers.asksToBeHeld(call, head, length)) {
                    write(ByteBuffer.wrap(Answers.to(call, head, length)));
                }
            }
            case Manner.Fitting(var held) -> {
                if (!held) {
                    write(ByteBuffer.wrap(Answers.fitting(call, head, length)));
                }
            }
            case Manner.Full _ -> write(ByteBuffer.wrap(Answers.noRoom()));
        }
    }

    private void writeLate(ByteBuffer answer) {
        try {
            write(answer);
        } catch (IOException _) {
            // The client is gone; the selector will say so.
        }
    }

    /** An answer is shorter than any socket's buffer, so this goes round once. */
    private void write(ByteBuffer answer) throws IOException {
        while (answer.hasRemaining()) {
            if (channel.write(answer) == 0) {
                Thread.onSpinWait();
            }
        }
    }

    private int headBytes() {
        for (int at = 0; at <= call.position() - 4; at++) {
            if (call.get(at) == '\r'
                    && call.get(at + 1) == '\n'
                    && call.get(at + 2) == '\r'
                    && call.get(at + 3) == '\n') {
                return at + 4;
            }
        }
        return -1;
    }

    private String requestLine() {
        int end = 0;
        while (call.get(end) != '\r') {
            end++;
        }
        return new String(call.array(), 0, end, US_ASCII);
    }

    private int contentLength(int head) {
        for (int at = 0; at < head - LENGTH.length; at++) {
            if (isLengthAt(at)) {
                return number(at + LENGTH.length);
            }
        }
        throw new IllegalArgumentException(
                "a call without content-length: "
                        + new String(call.array(), 0, head, US_ASCII).toLowerCase(Locale.ROOT));
    }

    private boolean isLengthAt(int at) {
        for (int i = 0; i < LENGTH.length; i++) {
            if ((call.get(at + i) | 0x20) != (LENGTH[i] | 0x20)) {
                return false;
            }
        }
        return true;
    }

    private int number(int from) {
        int at = from;
        while (call.get(at) == ' ') {
            at++;
        }
        int number = 0;
        for (; call.get(at) != '\r'; at++) {
            number = 10 * number + call.get(at) - '0';
        }
        return number;
    }
}
