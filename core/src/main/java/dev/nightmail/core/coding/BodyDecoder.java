package dev.nightmail.core.coding;

import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Decodes a compressed body piece by piece: gzip (RFC 1952), also of several members, and deflate
 * (RFC 1950, or bare as some services send it). Holds no more than a window of 32 KB, whatever the
 * body decodes to. One thread at a time.
 *
 * <p>{@link #decode} returns 0 only when all of its input is used up, so a loop that feeds it and
 * ends with its input always ends. Whether the body was whole is asked of {@link #finish}.
 *
 * <p>The length of what comes out is for the caller to bound: deflate turns a byte into at most
 * 1,032. Padding of zeros after the last member is passed over, as the gzip program does; anything
 * else there is an error, since it may be the better part of an answer.
 */
public final class BodyDecoder implements AutoCloseable {

    /** Tools that write a file in parts leave one at its end; many are an attack on our time. */
    private static final int EMPTY_MEMBERS_MAX = 16;

    /** Far above any file name or comment. */
    private static final int HEADER_BYTES_MAX = 64 * 1024;

    private static final int FIXED_HEADER_BYTES = 10;
    private static final int TRAILER_BYTES = 8;
    private static final int HAS_CHECKSUM = 2;
    private static final int HAS_EXTRA = 4;
    private static final int HAS_NAME = 8;
    private static final int HAS_COMMENT = 16;
    private static final int RESERVED_FLAGS = 0xE0;

    private enum Step {
        FIXED_HEADER,
        EXTRA_LENGTH,
        EXTRA,
        NAME,
        COMMENT,
        HEADER_CHECKSUM,
        ZLIB_OR_BARE,
        DATA,
        TRAILER,
        BETWEEN_MEMBERS,
        PADDING
    }

    private final boolean isGzip;
    private final CRC32 crc = new CRC32();
    private Inflater inflater;
    private Step step;
    private boolean begun;

    /** Of the current header, with what it still lacks. */
    private int flags;

    private int headerBytes;
    private int at;
    private int extraLength;

    private long memberBytes;
    private int emptyMembers;
    private final byte[] trailer = new byte[TRAILER_BYTES];

    private BodyDecoder(boolean isGzip) {
        this.isGzip = isGzip;
        this.inflater = new Inflater(true);
        this.step = isGzip ? Step.FIXED_HEADER : Step.ZLIB_OR_BARE;
    }

    /**
     * @param contentEncoding the header's value, all its values joined by commas
     * @return null if the body is not encoded
     * @throws UndecodableException if it is of a coding, or of several, not known here
     */
    public static @Nullable BodyDecoder of(String contentEncoding) throws UndecodableException {
        return switch (contentEncoding.strip().toLowerCase(Locale.ROOT)) {
            case "", "identity" -> null;
            case "gzip", "x-gzip" -> new BodyDecoder(true);
            case "deflate" -> new BodyDecoder(false);
            default -> throw new UndecodableException("a content coding that is not known here");
        };
    }

    /**
     * Decodes some of the input.
     *
     * @param target at least one byte long
     * @return how many bytes came out; 0 only if the input is used up
     * @throws UndecodableException if it is not of this coding
     */
    public int decode(ByteBuffer input, byte[] target) throws UndecodableException {
        while (input.hasRemaining()) {
            begun = true;
            if (step == Step.DATA) {
                int inflated = inflate(input, target);
                if (inflated > 0) {
                    return inflated;
                }
            } else {
                take(input);
            }
        }
        // What the inflater has taken in may still be good for more.
        return step == Step.DATA ? inflate(input, target) : 0;
    }

    private int inflate(ByteBuffer input, byte[] target) throws UndecodableException {
        try {
            inflater.setInput(input);
            int inflated = inflater.inflate(target);
            if (isGzip) {
                crc.update(target, 0, inflated);
            }
            memberBytes += inflated;
            if (inflater.needsDictionary()) {
                throw new UndecodableException("it wants a dictionary");
            }
            if (inflater.finished()) {
                at = 0;
                step = isGzip ? Step.TRAILER : Step.PADDING;
            }
            return inflated;
        } catch (DataFormatException e) {
            throw new UndecodableException("it is not deflated data", e);
        }
    }

    private void take(ByteBuffer input) throws UndecodableException {
        switch (step) {
            case FIXED_HEADER -> fixedHeader(input.get() & 0xFF);
            case EXTRA_LENGTH -> {
                extraLength |= (input.get() & 0xFF) << (8 * at);
                if (++at == 2) {
                    at = 0;
                    step = extraLength == 0 ? afterExtra() : Step.EXTRA;
                }
            }
            case EXTRA -> {
                countHeader();
                input.get();
                if (++at == extraLength) {
                    step = afterExtra();
                }
            }
            case NAME -> {
                countHeader();
                if (input.get() == 0) {
                    step = afterName();
                }
            }
            case COMMENT -> {
                countHeader();
                if (input.get() == 0) {
                    step = afterComment();
                }
            }
            case HEADER_CHECKSUM -> {
                input.get();
                if (++at == 2) {
                    step = data();
                }
            }
            case ZLIB_OR_BARE -> zlibOrBare(input);
            case TRAILER -> {
                trailer[at] = input.get();
                if (++at == TRAILER_BYTES) {
                    checkTrailer();
                    step = Step.BETWEEN_MEMBERS;
                }
            }
            case BETWEEN_MEMBERS -> {
                int next = input.get() & 0xFF;
                if (next == 0) {
                    step = Step.PADDING;
                } else {
                    at = 0;
                    headerBytes = 0;
                    step = Step.FIXED_HEADER;
                    fixedHeader(next);
                }
            }
            case PADDING -> {
                if (input.get() != 0) {
                    throw new UndecodableException("something follows its end");
                }
            }
            case DATA -> throw new IllegalStateException("data is inflated, not taken");
        }
    }

    private void fixedHeader(int next) throws UndecodableException {
        boolean expected =
                switch (at) {
                    case 0 -> next == 0x1F;
                    case 1 -> next == 0x8B;
                    case 2 -> next == 8;
                    case 3 -> (next & RESERVED_FLAGS) == 0;
                    default -> true;
                };
        if (!expected) {
            throw new UndecodableException(
                    memberBytes > 0 || emptyMembers > 0
                            ? "something follows its end"
                            : "it is not gzip");
        }
        if (at == 3) {
            flags = next;
        }
        if (++at == FIXED_HEADER_BYTES) {
            at = 0;
            extraLength = 0;
            step = (flags & HAS_EXTRA) != 0 ? Step.EXTRA_LENGTH : afterExtra();
        }
    }

    private Step afterExtra() {
        return (flags & HAS_NAME) != 0 ? Step.NAME : afterName();
    }

    private Step afterName() {
        return (flags & HAS_COMMENT) != 0 ? Step.COMMENT : afterComment();
    }

    private Step afterComment() {
        at = 0;
        return (flags & HAS_CHECKSUM) != 0 ? Step.HEADER_CHECKSUM : data();
    }

    private Step data() {
        inflater.reset();
        crc.reset();
        memberBytes = 0;
        return Step.DATA;
    }

    private void countHeader() throws UndecodableException {
        if (++headerBytes > HEADER_BYTES_MAX) {
            throw new UndecodableException("its header is too long");
        }
    }

    /**
     * A zlib header is a multiple of 31 whose lower half says deflate; bare data begins otherwise.
     */
    private void zlibOrBare(ByteBuffer input) {
        boolean zlib = (input.get(input.position()) & 0x0F) == 8;
        if (zlib) {
            inflater.end();
            inflater = new Inflater(false);
        }
        step = data();
    }

    private void checkTrailer() throws UndecodableException {
        if (littleEndian(0) != crc.getValue() || littleEndian(4) != (memberBytes & 0xFFFFFFFFL)) {
            throw new UndecodableException("its checksum is wrong");
        }
        if (memberBytes == 0 && ++emptyMembers > EMPTY_MEMBERS_MAX) {
            throw new UndecodableException("it has too many empty members");
        }
    }

    private long littleEndian(int from) {
        long value = 0;
        for (int i = 3; i >= 0; i--) {
            value = value << 8 | (trailer[from + i] & 0xFF);
        }
        return value;
    }

    /**
     * Checks that the body was whole. No body at all is as good: some answers have none.
     *
     * @throws UndecodableException if it ends too early
     */
    public void finish() throws UndecodableException {
        boolean whole = !begun || step == Step.BETWEEN_MEMBERS || step == Step.PADDING;
        if (!whole) {
            throw new UndecodableException("it ends too early");
        }
    }

    /** Frees what the inflater holds outside of the heap. */
    @Override
    public void close() {
        inflater.end();
    }
}
