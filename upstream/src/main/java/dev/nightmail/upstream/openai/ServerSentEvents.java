package dev.nightmail.upstream.openai;

import dev.nightmail.upstream.http.FailedStep;
import dev.nightmail.wire.json.ByteOrderMark;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/**
 * Takes a stream of server-sent events apart, however it is cut into pieces. Of an event only its
 * data is of interest; a comment is a sign of life.
 */
final class ServerSentEvents {

    /** Far above any chunk: some servers send a whole answer in one. */
    private static final int EVENT_BYTES_MAX = 16 << 20;

    private static final byte[] DATA = {'d', 'a', 't', 'a', ':'};

    private final Receiver receiver;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(512);
    private final ByteArrayOutputStream data = new ByteArrayOutputStream(512);
    private boolean hasData;
    private boolean begun;

    /** Whether the last byte ended a line with CR: a LF that follows belongs to it. */
    private boolean afterReturn;

    /** Takes what the events hold. */
    interface Receiver {
        void data(byte[] data) throws IOException;

        void comment() throws IOException;
    }

    ServerSentEvents(Receiver receiver) {
        this.receiver = receiver;
    }

    void take(byte[] bytes, int offset, int length) throws IOException {
        int from = offset;
        int end = offset + length;
        for (int at = offset; at < end; at++) {
            byte c = bytes[at];
            if (c != '\n' && c != '\r') {
                afterReturn = false;
                continue;
            }
            boolean secondHalf = c == '\n' && afterReturn;
            if (!secondHalf) {
                keep(bytes, from, at - from);
                endLine();
            }
            afterReturn = c == '\r';
            from = at + 1;
        }
        keep(bytes, from, end - from);
    }

    private void keep(byte[] bytes, int from, int length) throws IOException {
        if (line.size() + data.size() + length > EVENT_BYTES_MAX) {
            throw new BrokenAnswerException(
                    FailedStep.BODY_TOO_LARGE,
                    "an event of the upstream is longer than any should be");
        }
        line.write(bytes, from, length);
    }

    private void endLine() throws IOException {
        byte[] whole = line.toByteArray();
        if (!begun) {
            // One may stand before the first line (HTML standard, section 9.2.5).
            whole = ByteOrderMark.without(whole);
        }
        begun = true;
        line.reset();
        if (whole.length == 0) {
            dispatch();
        } else if (whole[0] == ':') {
            receiver.comment();
        } else {
            keepData(whole);
        }
    }

    private void keepData(byte[] whole) {
        int from = start(whole);
        if (from < 0) {
            return;
        }
        if (hasData) {
            data.write('\n');
        }
        hasData = true;
        data.write(whole, from, whole.length - from);
    }

    /** Where the data of a line begins; -1 if it is a line of something else. */
    private static int start(byte[] line) {
        if (line.length < DATA.length) {
            return -1;
        }
        for (int i = 0; i < DATA.length; i++) {
            if (line[i] != DATA[i]) {
                return -1;
            }
        }
        return line.length > DATA.length && line[DATA.length] == ' '
                ? DATA.length + 1
                : DATA.length;
    }

    private void dispatch() throws IOException {
        if (hasData) {
            byte[] whole = data.toByteArray();
            data.reset();
            hasData = false;
            if (isBlank(whole)) {
                // Some servers say with it that they are still there.
                receiver.comment();
            } else {
                receiver.data(whole);
            }
        }
    }

    private static boolean isBlank(byte[] text) {
        for (byte c : text) {
            if (c != ' ' && c != '\t' && c != '\n') {
                return false;
            }
        }
        return true;
    }

    /** The stream is over. Some servers leave the blank line behind the last event out. */
    void end() throws IOException {
        if (line.size() > 0) {
            endLine();
        }
        dispatch();
    }
}
