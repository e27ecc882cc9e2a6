package dev.nightmail.journal;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.nightmail.core.retention.ClockState;
import dev.nightmail.journal.disk.Disk;
import dev.nightmail.journal.disk.FileInMemory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * {@code clock.json} in the data folder: the latest time that was believed, so that a start can
 * tell a clock that is far ahead. Without it, or with one that is damaged, nothing is lost: a start
 * then goes by the newest batch there is.
 */
final class ClockFile {

    static final String FILE = "clock.json";

    private static final Pattern TEXT =
            Pattern.compile(
                    "\\{\"trusted\":\"([0-9TZ:.-]{10,40})\",\"ahead_seconds\":([0-9]{1,9})}\n");

    private final Disk disk;
    private final Path data;

    ClockFile(Disk disk, Path data) {
        this.disk = disk;
        this.data = data;
    }

    Optional<ClockState> read() throws IOException {
        var text = TEXT.matcher(new String(FileInMemory.bytes(disk, path()), US_ASCII));
        if (!text.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new ClockState(
                            Instant.parse(text.group(1)),
                            Duration.ofSeconds(Long.parseLong(text.group(2)))));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    void write(ClockState state) throws IOException {
        var text =
                "{\"trusted\":\"%s\",\"ahead_seconds\":%d}\n"
                        .formatted(state.trusted(), state.ahead().toSeconds());
        disk.replace(path(), data.resolve(FILE + ".tmp"), text.getBytes(US_ASCII));
    }

    private Path path() {
        return data.resolve(FILE);
    }
}
