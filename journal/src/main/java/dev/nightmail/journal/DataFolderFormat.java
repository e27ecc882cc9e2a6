package dev.nightmail.journal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.nightmail.core.journal.JournalException;
import dev.nightmail.journal.disk.Disk;
import dev.nightmail.journal.disk.LocalDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Which programs may use a data folder: its file {@code nightmail.json} holds one number, the
 * format of everything below. Whoever changes the form of any file so that an older program would
 * misread it raises the number, and the older program then refuses the folder before it has
 * written, migrated or removed anything in it. A folder without the file is one of format 1, or
 * empty.
 */
public final class DataFolderFormat {

    /** What this program writes, and the newest it reads. */
    public static final int CURRENT = 1;

    static final String FILE = "nightmail.json";

    private static final Pattern TEXT =
            Pattern.compile("\\{\"nightmail_data_format\":([1-9][0-9]{0,8})}\n");

    private DataFolderFormat() {}

    /** What the file says. */
    sealed interface Found {
        record Absent() implements Found {}

        record Known(int format) implements Found {}

        record Newer(int format) implements Found {}

        record Damaged() implements Found {}
    }

    /**
     * Reads and changes nothing.
     *
     * @throws JournalException if the folder is not for this program; the message says what to do
     */
    public static void requireKnown(Path data) {
        try {
            require(data, find(new LocalDisk(), data));
        } catch (IOException e) {
            throw cannotUse(data, e);
        }
    }

    /** The same, and marks a folder that has no mark yet. */
    static void claim(Disk disk, Path data) throws IOException {
        var found = find(disk, data);
        require(data, found);
        if (found instanceof Found.Absent) {
            mark(disk, data);
        }
    }

    static Found find(Disk disk, Path data) throws IOException {
        var path = data.resolve(FILE);
        if (!disk.exists(path)) {
            return new Found.Absent();
        }
        try (var file = disk.openToRead(path)) {
            var bytes = ByteBuffer.allocate(128);
            file.read(bytes, 0);
            var text = TEXT.matcher(new String(bytes.array(), 0, bytes.position(), ISO_8859_1));
            if (!text.matches()) {
                return new Found.Damaged();
            }
            int format = Integer.parseInt(text.group(1));
            return format > CURRENT ? new Found.Newer(format) : new Found.Known(format);
        }
    }

    /** Refuses what is not for this program. */
    static void require(Path data, Found found) {
        switch (found) {
            case Found.Absent _, Found.Known _ -> {}
            case Found.Newer(int format) ->
                    throw new JournalException(
                            "data folder %s has format %d, which a newer Nightmail wrote; this one knows up to %d and changed nothing: start the newer one on it, or name another folder with --data"
                                    .formatted(data, format, CURRENT));
            case Found.Damaged _ ->
                    throw new JournalException(
                            "%s is damaged, so nobody knows which Nightmail wrote the folder: ./nightmail doctor --data %s says more"
                                    .formatted(data.resolve(FILE), data));
        }
    }

    static void mark(Disk disk, Path data) throws IOException {
        var text = "{\"nightmail_data_format\":%d}\n".formatted(CURRENT);
        disk.replace(data.resolve(FILE), data.resolve(FILE + ".tmp"), text.getBytes(US_ASCII));
    }

    private static JournalException cannotUse(Path data, IOException cause) {
        return new JournalException("cannot use data folder %s: %s".formatted(data, cause), cause);
    }
}
