package dev.nightmail.pipeline.source;

import dev.nightmail.pipeline.streams.Gzip;
import dev.nightmail.pipeline.streams.ZstdFrames;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Looks into a CSV file that could not be read, for what the database does not say of it. Reads as
 * far as it must, byte by byte, and keeps nothing of the cells.
 */
final class CsvText {

    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int HEADER_BYTES_MAX = 64 * 1024;

    private final Path file;

    private CsvText(Path file) {
        this.file = file;
    }

    /** Empty if it cannot be looked into: it is packed with zstd, or not there. */
    static Optional<CsvText> of(Path file) {
        return Files.isRegularFile(file) && !ZstdFrames.isName(file.toString())
                ? Optional.of(new CsvText(file))
                : Optional.empty();
    }

    boolean isEmpty() {
        try (var in = Gzip.open(file)) {
            return in.read() < 0;
        } catch (IOException _) {
            return false;
        }
    }

    /** Whether it begins with a byte order mark of UTF-16. */
    boolean isUtf16() {
        try (var in = Gzip.open(file)) {
            var mark = in.readNBytes(2);
            return mark.length == 2
                    && ((mark[0] == (byte) 0xFF && mark[1] == (byte) 0xFE)
                            || (mark[0] == (byte) 0xFE && mark[1] == (byte) 0xFF));
        } catch (IOException _) {
            return false;
        }
    }

    /** The first line; null if it cannot be read. */
    @Nullable String header() {
        try (var in = Gzip.open(file)) {
            var text = new String(in.readNBytes(HEADER_BYTES_MAX), StandardCharsets.UTF_8);
            return text.lines().findFirst().map(line -> line.replace("\uFEFF", "")).orElse(null);
        } catch (IOException _) {
            return null;
        }
    }

    /**
     * What is wrong with the form of its rows.
     *
     * @return such as {@code line 7: 3 columns, the header has 2}; null if nothing is
     */
    @Nullable String fault(char delimiter) {
        var rows = new Rows(delimiter);
        try (var in = stream()) {
            for (int next = in.read(); next >= 0; next = in.read()) {
                var fault = rows.take(next);
                if (fault != null) {
                    return fault;
                }
            }
            return rows.end();
        } catch (IOException _) {
            return null;
        }
    }

    /** The first line of the first row that is longer; 0 if none is. */
    long longRow(long bytesMax) {
        long line = 1;
        long start = 1;
        long bytes = 0;
        var quoted = false;
        try (var in = stream()) {
            for (int next = in.read(); next >= 0; next = in.read()) {
                quoted ^= next == '"';
                line += next == '\n' ? 1 : 0;
                bytes++;
                if (next == '\n' && !quoted) {
                    start = line;
                    bytes = 0;
                }
                if (bytes > bytesMax) {
                    return start;
                }
            }
        } catch (IOException _) {
            // Then nobody knows.
        }
        return 0;
    }

    private InputStream stream() throws IOException {
        return new BufferedInputStream(Gzip.open(file), BUFFER_BYTES);
    }

    /** Counts cells as the usual form has them: quotes only around a whole cell. */
    private static final class Rows {
        private final char delimiter;
        private long line = 1;
        private long rowLine = 1;
        private long quoteLine;
        private int columns = 1;
        private int expected;
        private boolean quoted;
        private boolean hasClosed;
        private boolean atCellStart = true;
        private boolean isBlank = true;

        Rows(char delimiter) {
            this.delimiter = delimiter;
        }

        private @Nullable String take(int next) {
            if (quoted) {
                quoted = next != '"';
                hasClosed = !quoted;
                line += next == '\n' ? 1 : 0;
                return null;
            }
            if (next == '\n') {
                var fault = row();
                line++;
                rowLine = line;
                return fault;
            }
            if (next == '"' && (atCellStart || hasClosed)) {
                // Right after another it is a doubled one: the cell goes on.
                quoteLine = hasClosed ? quoteLine : line;
                quoted = true;
            }
            hasClosed = false;
            atCellStart = next == delimiter;
            columns += next == delimiter ? 1 : 0;
            isBlank &= next == '\r';
            return null;
        }

        private @Nullable String end() {
            return quoted ? "line " + quoteLine + ": a quote stays open" : row();
        }

        private @Nullable String row() {
            int found = columns;
            var blank = isBlank;
            columns = 1;
            isBlank = true;
            atCellStart = true;
            hasClosed = false;
            if (blank) {
                return null;
            }
            if (expected == 0) {
                expected = found;
            }
            return found == expected
                    ? null
                    : "line %d: %d columns, the header has %d".formatted(rowLine, found, expected);
        }
    }
}
