package dev.nightmail.cli.batches;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The lines of a file as the body of a create call: <code>{"requests":[LINE,LINE,…]}</code>. */
final class JoinedRequests extends InputStream {

    private static final byte[] OPENING = "{\"requests\":[".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SEPARATOR = ",".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CLOSING = "]}".getBytes(StandardCharsets.US_ASCII);

    static final int FRAME_BYTES = OPENING.length + CLOSING.length;
    static final int SEPARATOR_BYTES = SEPARATOR.length;

    /** What the current piece is. */
    private enum Part {
        OPENING,
        REQUEST,
        SEPARATOR,
        CLOSING
    }

    private final LineReader lines;
    private Part part = Part.OPENING;
    private byte[] piece = OPENING;
    private int position;

    JoinedRequests(LineReader lines) {
        this.lines = lines;
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int read = 0;
        while (read < length) {
            if (position == piece.length) {
                if (part == Part.CLOSING) {
                    break;
                }
                next();
            }
            var copied = Math.min(length - read, piece.length - position);
            System.arraycopy(piece, position, target, offset + read, copied);
            position += copied;
            read += copied;
        }
        return read == 0 && length > 0 ? -1 : read;
    }

    private void next() throws IOException {
        part =
                switch (part) {
                    case SEPARATOR -> Part.REQUEST;
                    case OPENING -> lines.next() ? Part.REQUEST : Part.CLOSING;
                    case REQUEST, CLOSING -> lines.next() ? Part.SEPARATOR : Part.CLOSING;
                };
        piece =
                switch (part) {
                    case OPENING -> OPENING;
                    case REQUEST -> RequestLine.inOurForm(lines.line());
                    case SEPARATOR -> SEPARATOR;
                    case CLOSING -> CLOSING;
                };
        position = 0;
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
