package dev.nightmail.pipeline.streams;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import dev.nightmail.pipeline.natives.ZstdLibrary;
import java.io.IOException;
import java.io.OutputStream;

/** How a file of text is packed, which its name says. */
public enum Packing {
    NONE(""),
    GZIP(".gz"),
    ZSTD(".zst");

    private final String ending;

    Packing(String ending) {
        this.ending = ending;
    }

    /** That of a file of this name. */
    public static Packing ofFileName(String fileName) {
        if (ZstdFrames.isName(fileName)) {
            return ZSTD;
        }
        return Gzip.isName(fileName) ? GZIP : NONE;
    }

    /** The name without the ending that says how it is packed. */
    public static String unpackedName(String fileName) {
        var packing = ofFileName(fileName);
        return fileName.substring(0, fileName.length() - packing.ending.length());
    }

    /** What such a name ends in. */
    public String ending() {
        return ending;
    }

    /**
     * Makes ready what {@link #pack} needs.
     *
     * @throws dev.nightmail.pipeline.natives.NativeLibraryException if it cannot be had; says what
     *     to do
     */
    public void prepare() {
        if (this == ZSTD) {
            ZstdLibrary.prepare();
        }
    }

    /** Packs what is written; the stream behind it stays open. */
    public void pack(OutputStream target, Gzip.Writing writing) throws IOException {
        switch (this) {
            case NONE -> writing.write(target);
            case GZIP -> Gzip.pack(target, writing);
            case ZSTD -> packZstd(target, writing);
        }
    }

    private static void packZstd(OutputStream target, Gzip.Writing writing) throws IOException {
        ZstdLibrary.prepare();
        try (var out = new ZstdOutputStreamNoFinalizer(new Kept(target))) {
            out.setChecksum(true);
            writing.write(out);
        }
    }

    /** A stream that outlives those in front of it. */
    private static final class Kept extends OutputStream {
        private final OutputStream target;

        Kept(OutputStream target) {
            this.target = target;
        }

        @Override
        public void write(int one) throws IOException {
            target.write(one);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            target.write(bytes, from, length);
        }

        @Override
        public void close() throws IOException {
            target.flush();
        }
    }
}
