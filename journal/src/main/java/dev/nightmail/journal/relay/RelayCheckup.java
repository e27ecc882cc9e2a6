package dev.nightmail.journal.relay;

import dev.nightmail.journal.disk.Disk;
import dev.nightmail.journal.disk.FileInMemory;
import dev.nightmail.journal.finding.Finding;
import dev.nightmail.journal.record.RecordChecksum;
import dev.nightmail.journal.record.UnreadableRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks through the records of relays in a data folder that no server uses. */
public final class RelayCheckup {

    private final Disk disk;
    private final Path data;

    public RelayCheckup(Disk disk, Path data) {
        this.disk = disk;
        this.data = data;
    }

    /** Changes nothing. */
    public List<Finding> examine() throws IOException {
        var findings = new ArrayList<Finding>();
        for (var name : names()) {
            var shown = FileRelayLog.FOLDER + "/" + name;
            if (name.endsWith(FileRelayLog.NEW_RECORD)) {
                findings.add(Finding.atStart(shown, "is left of a write", "removed"));
            } else if (name.endsWith(FileRelayLog.RECORD)) {
                problem(shown, FileInMemory.bytes(disk, path(name))).ifPresent(findings::add);
            }
        }
        return findings;
    }

    private List<String> names() throws IOException {
        var folder = data.resolve(FileRelayLog.FOLDER);
        return disk.exists(folder) ? disk.list(folder) : List.of();
    }

    private Path path(String name) {
        return data.resolve(FileRelayLog.FOLDER).resolve(name);
    }

    private static Optional<Finding> problem(String shown, byte[] record) throws IOException {
        try {
            RelayRecordReader.read(record);
            return Optional.empty();
        } catch (UnreadableRecord e) {
            return Optional.of(
                    mended(record).isPresent()
                            ? Finding.repairable(
                                    shown,
                                    "is damaged: one bit of it has flipped",
                                    "turned back: its checksum proves it")
                            : Finding.byHand(
                                    shown, String.valueOf(e.getMessage()), FileRelayLog.ADVICE));
        }
    }

    private static Optional<byte[]> mended(byte[] record) {
        return RecordChecksum.isSealed(record) ? Optional.empty() : RecordChecksum.mend(record);
    }

    /**
     * Turns back what {@link #examine} found to be a flipped bit, and removes what is left over.
     */
    public void repair() throws IOException {
        for (var name : names()) {
            if (name.endsWith(FileRelayLog.RECORD)) {
                var record = mended(FileInMemory.bytes(disk, path(name)));
                if (record.isPresent()) {
                    try (var file = disk.openToWrite(path(name))) {
                        file.write(ByteBuffer.wrap(record.get()), 0);
                        file.force();
                    }
                }
            }
        }
        if (disk.exists(data.resolve(FileRelayLog.FOLDER))) {
            // Opening it does the rest.
            FileRelayLog.open(disk, data);
        }
    }
}
