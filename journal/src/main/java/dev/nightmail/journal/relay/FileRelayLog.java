package dev.nightmail.journal.relay;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.nightmail.core.journal.JournalException;
import dev.nightmail.core.relay.RelayId;
import dev.nightmail.core.relay.RelayLog;
import dev.nightmail.core.relay.RelayRecord;
import dev.nightmail.journal.disk.Disk;
import dev.nightmail.journal.disk.FileInMemory;
import dev.nightmail.journal.disk.LocalDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The records of relays in the data folder: {@code relays/relay_….json}, one each, replaced as a
 * whole. What a crash leaves of a replacement is a file of another name, which goes at the next
 * start.
 */
public final class FileRelayLog implements RelayLog {

    static final String FOLDER = "relays";
    static final String RECORD = ".json";
    static final String NEW_RECORD = ".json.new";

    /**
     * Of an upstream to which nothing is sent until a person resumes it. Its content is for people.
     */
    static final String HELD = ".held";

    private static final byte[] HELD_NOTE =
            "Batches of ours were canceled at this upstream. Nothing is sent there until: ./nightmail upstreams resume NAME\n"
                    .getBytes(US_ASCII);

    /** What to do about a record that cannot be read. */
    static final String ADVICE =
            "without it nobody knows which requests the provider has already: restore it from a backup, or move it away and have what is in it sent, and paid, again";

    private final Disk disk;
    private final Path folder;

    private FileRelayLog(Disk disk, Path folder) {
        this.disk = disk;
        this.folder = folder;
    }

    /** The records in a data folder that is there. */
    public static FileRelayLog open(Path data) {
        return open(new LocalDisk(), data);
    }

    /** As {@link #open(Path)}, on another disk. */
    public static FileRelayLog open(Disk disk, Path data) {
        var folder = data.resolve(FOLDER);
        try {
            disk.createFolders(folder);
            disk.forceFolder(data);
            // A record renamed into place by a process that died before the flush counts from here.
            disk.forceFolder(folder);
            for (var name : disk.list(folder)) {
                if (name.endsWith(NEW_RECORD)) {
                    disk.delete(folder.resolve(name));
                }
            }
        } catch (IOException e) {
            throw new JournalException("cannot use %s: %s".formatted(folder, e), e);
        }
        return new FileRelayLog(disk, folder);
    }

    @Override
    public List<RelayRecord> records() {
        try {
            var records = new ArrayList<RelayRecord>();
            for (var name : disk.list(folder)) {
                if (name.endsWith(RECORD)) {
                    records.add(read(folder.resolve(name)));
                }
            }
            return records;
        } catch (IOException e) {
            throw new JournalException("cannot list %s: %s".formatted(folder, e), e);
        }
    }

    private RelayRecord read(Path file) {
        try {
            return RelayRecordReader.read(FileInMemory.bytes(disk, file));
        } catch (IOException e) {
            throw new JournalException(
                    "%s %s. Without it nobody knows which requests the provider has already: doctor says what can be done"
                            .formatted(file, e.getMessage()),
                    e);
        }
    }

    @Override
    public void write(RelayRecord record) {
        var id = record.relay().id();
        var fresh = folder.resolve(id.value() + NEW_RECORD);
        try {
            disk.replace(path(id), fresh, RelayRecordWriter.write(record));
        } catch (IOException e) {
            throw failed("write", id, e);
        }
    }

    @Override
    public void remove(RelayId id) {
        try {
            disk.delete(path(id));
            // Also if it was gone already: an earlier try may have failed just here.
            disk.forceFolder(folder);
        } catch (IOException e) {
            throw failed("remove", id, e);
        }
    }

    @Override
    public Set<String> held() {
        try {
            var held = new TreeSet<String>();
            for (var name : disk.list(folder)) {
                if (name.endsWith(HELD)) {
                    held.add(name.substring(0, name.length() - HELD.length()));
                }
            }
            return held;
        } catch (IOException e) {
            throw new JournalException("cannot list %s: %s".formatted(folder, e), e);
        }
    }

    @Override
    public void hold(String upstream) {
        try {
            var file = folder.resolve(upstream + HELD);
            if (!disk.exists(file)) {
                // That it is there says all: a crash may leave it empty.
                try (var note = disk.openToWrite(file)) {
                    note.write(ByteBuffer.wrap(HELD_NOTE), 0);
                    note.force();
                }
            }
            disk.forceFolder(folder);
        } catch (IOException e) {
            throw new JournalException(
                    "cannot note that %s is held: %s".formatted(upstream, e.getMessage()), e);
        }
    }

    @Override
    public void release(String upstream) {
        try {
            disk.delete(folder.resolve(upstream + HELD));
            disk.forceFolder(folder);
        } catch (IOException e) {
            throw new JournalException(
                    "cannot note that %s is resumed: %s".formatted(upstream, e.getMessage()), e);
        }
    }

    private Path path(RelayId id) {
        return folder.resolve(id.value() + RECORD);
    }

    private static JournalException failed(String what, RelayId id, IOException cause) {
        return new JournalException(
                "cannot %s the record of %s: %s".formatted(what, id, cause.getMessage()), cause);
    }
}
