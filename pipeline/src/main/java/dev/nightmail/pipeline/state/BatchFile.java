package dev.nightmail.pipeline.state;

import dev.nightmail.pipeline.client.RequestBody;
import dev.nightmail.pipeline.streams.Sha256;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one batch, a line each, in the order of its body:
 *
 * <pre>
 * {"params":{"model":"claude-haiku-4-5","max_tokens":100}}
 * {"custom_id":"r1","params":{"messages":[{"role":"user","content":"…"}]}}
 * </pre>
 *
 * The first line is what all requests have in common, and is written once: a system prompt of 4 KB
 * would else stand there 50,000 times. A request's params are those of the first line and its own.
 */
final class BatchFile {

    /** Members of an object, without its braces. */
    static final byte[] NOTHING_SHARED = new byte[0];

    private static final byte[] BODY_HEAD = bytes("{\"requests\":[");
    private static final byte[] BODY_TAIL = bytes("]}");
    private static final byte[] LINE_HEAD = bytes("{\"custom_id\":\"");
    private static final byte[] PARAMS = bytes("\",\"params\":{");
    private static final byte[] SHARED_HEAD = bytes("{\"params\":{");
    private static final byte[] LINE_TAIL = bytes("}}");
    private static final int BUFFER_BYTES = 1 << 16;

    private BatchFile() {}

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The members of an object: what stands between its braces. */
    static byte[] membersOf(byte[] object) {
        return Arrays.copyOfRange(object, 1, object.length - 1);
    }

    /** The whole params of a request. */
    static byte[] params(byte[] shared, byte[] own) {
        var out = new ByteArrayOutputStream((int) paramsBytes(shared, own));
        out.write('{');
        writeMembers(shared, own, out);
        out.write('}');
        return out.toByteArray();
    }

    static long paramsBytes(byte[] shared, byte[] own) {
        return 2L + membersBytes(shared, own.length);
    }

    private static long membersBytes(byte[] shared, int ownBytes) {
        return shared.length + (shared.length > 0 && ownBytes > 0 ? 1L : 0L) + ownBytes;
    }

    private static void writeMembers(byte[] shared, byte[] own, ByteArrayOutputStream out) {
        out.writeBytes(shared);
        if (shared.length > 0 && own.length > 0) {
            out.write(',');
        }
        out.writeBytes(own);
    }

    static StateException unreadable(int batch, IOException e) {
        return new StateException(
                "the requests of batch " + batch + " cannot be read: " + e.getMessage(), e);
    }

    /** What a request adds to the body of its batch. */
    static long bodyBytes(boolean first, byte[] shared, String customId, int ownBytes) {
        // A custom_id needs no escaping: it holds letters, digits, _ and - only.
        return (first ? 0L : 1L)
                + LINE_HEAD.length
                + customId.length()
                + PARAMS.length
                + membersBytes(shared, ownBytes)
                + LINE_TAIL.length;
    }

    static int frameBytes() {
        return BODY_HEAD.length + BODY_TAIL.length;
    }

    /**
     * A file that is complete and on stable storage.
     *
     * @param bodyBytes of the batch's body
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    record Written(byte[] sha256, int requests, long bodyBytes) {}

    /** Writes one. Used by one thread. */
    static final class Writer implements AutoCloseable {
        private final FileChannel channel;
        private final OutputStream out;
        private final MessageDigest digest = Sha256.begun();
        private final byte[] shared;
        private int requests;
        private long bodyBytes = frameBytes();

        /**
         * @param channel of an empty file; closed with this
         */
        Writer(FileChannel channel, byte[] shared) throws IOException {
            this.channel = channel;
            this.out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES);
            this.shared = shared;
            write(SHARED_HEAD);
            write(shared);
            write(LINE_TAIL);
            write(new byte[] {'\n'});
        }

        byte[] shared() {
            return shared;
        }

        int requests() {
            return requests;
        }

        long bodyBytes() {
            return bodyBytes;
        }

        /**
         * @param own members of its params that are its own
         */
        void add(String customId, byte[] own) {
            try {
                write(LINE_HEAD);
                write(bytes(customId));
                write(PARAMS);
                write(own);
                write(LINE_TAIL);
                write(new byte[] {'\n'});
            } catch (IOException e) {
                throw cannotWrite(e);
            }
            bodyBytes += BatchFile.bodyBytes(requests == 0, shared, customId, own.length);
            requests++;
        }

        private void write(byte[] part) throws IOException {
            out.write(part);
            digest.update(part);
        }

        Written finish() {
            try {
                out.flush();
                channel.force(true);
            } catch (IOException e) {
                throw cannotWrite(e);
            }
            return new Written(digest.digest(), requests, bodyBytes);
        }

        @Override
        public void close() {
            try {
                channel.close();
            } catch (IOException e) {
                throw cannotWrite(e);
            }
        }

        static StateException cannotWrite(IOException e) {
            return new StateException(
                    "cannot write the requests of a batch: "
                            + e.getMessage()
                            + ". Make room and run it again; what was done is kept",
                    e);
        }
    }

    /** One request as its file has it. */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    record Line(String customId, byte[] own) {

        static Line of(byte[] line) throws IOException {
            int end = LINE_HEAD.length;
            while (end < line.length && line[end] != '"') {
                end++;
            }
            int own = end + PARAMS.length;
            if (!startsWith(line, LINE_HEAD) || own + LINE_TAIL.length > line.length) {
                throw new IOException("a request of a batch is not as it was written");
            }
            return new Line(
                    new String(
                            line, LINE_HEAD.length, end - LINE_HEAD.length, StandardCharsets.UTF_8),
                    Arrays.copyOfRange(line, own, line.length - LINE_TAIL.length));
        }
    }

    private static boolean startsWith(byte[] line, byte[] head) {
        return line.length >= head.length
                && Arrays.equals(line, 0, head.length, head, 0, head.length);
    }

    /** Reads one from its beginning. Used by one thread. */
    static final class Reader implements AutoCloseable {
        private final InputStream in;
        private final byte[] shared;
        private final byte[] buffer = new byte[BUFFER_BYTES];
        private int begin;
        private int end;
        private long position;

        /**
         * @throws java.nio.file.NoSuchFileException if there is none
         */
        Reader(Path path) throws IOException {
            this.in = Files.newInputStream(path);
            try {
                var first = line();
                if (first == null || !startsWith(first, SHARED_HEAD)) {
                    throw new IOException(path + " does not begin as the requests of a batch do");
                }
                this.shared =
                        Arrays.copyOfRange(
                                first, SHARED_HEAD.length, first.length - LINE_TAIL.length);
            } catch (IOException e) {
                in.close();
                throw e;
            }
        }

        byte[] shared() {
            return shared;
        }

        /** Null after the last. */
        @Nullable Line next() throws IOException {
            var line = line();
            return line == null ? null : Line.of(line);
        }

        /** Null after the last; one that does not end was never complete. */
        private byte @Nullable [] line() throws IOException {
            var before = new ByteArrayOutputStream(0);
            while (true) {
                for (int at = begin; at < end; at++) {
                    if (buffer[at] == '\n') {
                        var line = joined(before, at);
                        begin = at + 1;
                        position += line.length + 1L;
                        return line;
                    }
                }
                before.write(buffer, begin, end - begin);
                begin = 0;
                end = in.read(buffer);
                if (end < 0) {
                    end = 0;
                    return null;
                }
            }
        }

        private byte[] joined(ByteArrayOutputStream before, int lineEnd) {
            if (before.size() == 0) {
                return Arrays.copyOfRange(buffer, begin, lineEnd);
            }
            before.write(buffer, begin, lineEnd - begin);
            return before.toByteArray();
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }

    /** Where the requests of a file begin, and where the last one ends. */
    static long[] lines(Path path) throws IOException {
        var lines = new long[1024];
        int count = 0;
        try (var reader = new Reader(path)) {
            do {
                if (count == lines.length) {
                    lines = Arrays.copyOf(lines, count * 2);
                }
                lines[count++] = reader.position;
            } while (reader.line() != null);
        }
        return Arrays.copyOf(lines, count);
    }

    /** What a request of a file has of its own. */
    static byte[] own(Path path, long[] lines, int ordinal) throws IOException {
        try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
            var line = ByteBuffer.allocate((int) (lines[ordinal + 1] - lines[ordinal] - 1));
            while (line.hasRemaining()
                    && channel.read(line, lines[ordinal] + line.position()) >= 0) {
                // It is not there at once.
            }
            return Line.of(line.array()).own();
        }
    }

    /**
     * All but some of a file's requests as the body of a create: the lines with a set bit stay out.
     */
    record Body(Path path, long bytes, BitSet without) implements RequestBody {
        @Override
        public InputStream open() throws IOException {
            return new BodyStream(new Reader(path), without);
        }
    }

    private static final class BodyStream extends InputStream {
        private final Reader reader;
        private final BitSet without;
        private byte[] part = BODY_HEAD;
        private int position;
        private int ordinal;
        private boolean first = true;
        private boolean ended;

        BodyStream(Reader reader, BitSet without) {
            this.reader = reader;
            this.without = without;
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int copied = 0;
            while (copied < length) {
                if (position == part.length && !next()) {
                    return copied == 0 ? -1 : copied;
                }
                int now = Math.min(length - copied, part.length - position);
                System.arraycopy(part, position, buffer, offset + copied, now);
                position += now;
                copied += now;
            }
            return copied;
        }

        private boolean next() throws IOException {
            if (ended) {
                return false;
            }
            var line = reader.next();
            while (line != null && without.get(ordinal)) {
                ordinal++;
                line = reader.next();
            }
            if (line == null) {
                part = BODY_TAIL;
                ended = true;
            } else {
                ordinal++;
                part = element(line);
                first = false;
            }
            position = 0;
            return true;
        }

        private byte[] element(Line line) {
            var shared = reader.shared();
            var out =
                    new ByteArrayOutputStream(
                            (int) bodyBytes(first, shared, line.customId(), line.own().length));
            if (!first) {
                out.write(',');
            }
            out.writeBytes(LINE_HEAD);
            out.writeBytes(bytes(line.customId()));
            out.writeBytes(PARAMS);
            writeMembers(shared, line.own(), out);
            out.writeBytes(LINE_TAIL);
            return out.toByteArray();
        }

        @Override
        public void close() throws IOException {
            reader.close();
        }
    }
}
