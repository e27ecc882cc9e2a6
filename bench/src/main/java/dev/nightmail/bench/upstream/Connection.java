package dev.nightmail.bench.upstream;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One client's connection: reads calls one after the other, as HTTP/1.1 clients without pipelining
 * send them, and answers each.
 */
final class Connection {

    private static final int CALL_BYTES_MAX = 16 * 1024;
    private static final byte[] LENGTH = "\r\ncontent-length:".getBytes(US_ASCII);

    private final SocketChannel channel;
    private final ByteBuffer call = ByteBuffer.allocate(CALL_BYTES_MAX);

    Connection(SocketChannel channel) {
        this.channel = channel;
    }

    /** There is something to read. */
    void serve() throws IOException {
        try {
            if (channel.read(call) < 0) {
                channel.close();
                return;
            }
            answerWholeCall();
        } catch (IOException _) {
            // The client broke off, as one does that is killed.
            channel.close();
        }
    }

    private void answerWholeCall() throws IOException {
        int head = headBytes();
        if (head < 0) {
            return;
        }
        int length = contentLength(head);
        if (call.position() < head + length) {
            return;
        }
        var answer = answer(Manner.of(requestLine()), head, length);
        call.clear();
        if (answer != null) {
            write(ByteBuffer.wrap(answer));
        }
    }

    private byte @Nullable [] answer(Manner manner, int head, int length) {
        return switch (manner) {
            case ANSWERING -> Answers.to(call, head, length);
            case HOLDING ->
                    Answers.asksToBeHeld(call, head, length)
                            ? null
                            : Answers.to(call, head, length);
            case FULL -> Answers.noRoom();
        };
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
