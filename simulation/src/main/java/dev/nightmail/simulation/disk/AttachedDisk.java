package dev.nightmail.simulation.disk;

import dev.nightmail.journal.disk.Disk;
import dev.nightmail.journal.disk.DiskFile;
import dev.nightmail.simulation.disk.Node.Folder;
import dev.nightmail.simulation.fault.Fault;
import dev.nightmail.simulation.fault.Faults;
import dev.nightmail.simulation.turn.Baton;
import dev.nightmail.simulation.turn.Life;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** The disk in one process: every effect is a point at which the process may die. */
final class AttachedDisk implements Disk {

    private static final long STALL_NANOS_MAX = Duration.ofSeconds(90).toNanos();

    private final SimulatedDisk disk;
    private final Life life;
    private final Baton baton;
    private final Faults faults;
    private final InstantSource clock;
    private final RandomGenerator random;

    AttachedDisk(
            SimulatedDisk disk,
            Life life,
            Baton baton,
            Faults faults,
            InstantSource clock,
            RandomGenerator random) {
        this.disk = disk;
        this.life = life;
        this.baton = baton;
        this.faults = faults;
        this.clock = clock;
        this.random = random;
    }

    Faults faults() {
        return faults;
    }

    RandomGenerator random() {
        return random;
    }

    Instant now() {
        return clock.instant();
    }

    boolean liesAboutForce() {
        return disk.liesAboutForce();
    }

    interface Change {
        void make() throws IOException;
    }

    /** An effect on the disk, with the points before and after it. */
    void change(String what, Change change) throws IOException {
        life.point(what);
        stallPerhaps();
        try {
            change.make();
        } catch (IOException e) {
            life.point(what + " failed");
            throw e;
        }
        life.point(what + " done");
    }

    private void stallPerhaps() {
        if (faults.happens(Fault.DISK_STALLS)) {
            // Mostly short, now and then longer than anybody's patience.
            long nanos = STALL_NANOS_MAX >>> random.nextInt(24);
            baton.sleep(Duration.ofNanos(random.nextLong(nanos) + 1));
        }
    }

    void failPerhaps(Fault fault, String what) throws IOException {
        if (faults.happens(fault)) {
            baton.note("fault " + fault);
            throw new IOException("simulated failure: " + what);
        }
    }

    private void needRoom() throws IOException {
        if (faults.isDiskFull()) {
            throw new IOException("No space left on device (simulated)");
        }
    }

    private void reading() throws IOException {
        life.point("read");
        failPerhaps(Fault.READ_ERROR, "read");
    }

    private Folder parent(Path path) throws IOException {
        var folder = disk.folder(path.getParent());
        if (folder == null) {
            throw new NoSuchFileException(path.toString());
        }
        return folder;
    }

    private FileNode file(Path path) throws IOException {
        if (disk.find(path) instanceof FileNode file) {
            return file;
        }
        throw new NoSuchFileException(path.toString());
    }

    @Override
    public DiskFile openToRead(Path path) throws IOException {
        reading();
        return new AttachedFile(this, SimulatedDisk.name(path), file(path));
    }

    @Override
    public DiskFile openToWrite(Path path) throws IOException {
        var name = SimulatedDisk.name(path);
        if (disk.find(path) == null) {
            change(
                    "create " + name,
                    () -> {
                        failPerhaps(Fault.NAME_ERROR, "create");
                        needRoom();
                        disk.link(parent(path), name, new FileNode(disk.pageBytes(), now()));
                    });
        }
        return new AttachedFile(this, name, file(path));
    }

    @Override
    public boolean exists(Path path) throws IOException {
        reading();
        return disk.find(path) != null;
    }

    @Override
    public boolean isFolder(Path path) throws IOException {
        reading();
        return disk.find(path) instanceof Folder;
    }

    @Override
    public List<String> list(Path path) throws IOException {
        reading();
        if (disk.find(path) instanceof Folder folder) {
            return List.copyOf(folder.names().keySet());
        }
        throw new NoSuchFileException(path.toString());
    }

    @Override
    public void createFolders(Path path) throws IOException {
        if (disk.find(path) != null) {
            return;
        }
        var above = path.getParent();
        if (above != null) {
            createFolders(above);
        }
        change(
                "create folder",
                () -> {
                    failPerhaps(Fault.NAME_ERROR, "create folder");
                    needRoom();
                    disk.link(parent(path), SimulatedDisk.name(path), new Folder());
                });
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        change(
                "rename to " + SimulatedDisk.name(to),
                () -> {
                    failPerhaps(Fault.NAME_ERROR, "rename");
                    var node = disk.find(from);
                    if (node == null) {
                        throw new NoSuchFileException(from.toString());
                    }
                    if (disk.find(to) instanceof Folder folder && !folder.names().isEmpty()) {
                        throw new DirectoryNotEmptyException(to.toString());
                    }
                    disk.move(
                            parent(from),
                            SimulatedDisk.name(from),
                            parent(to),
                            SimulatedDisk.name(to),
                            node);
                });
    }

    @Override
    public void delete(Path path) throws IOException {
        if (disk.find(path) == null) {
            return;
        }
        change(
                "delete " + SimulatedDisk.name(path),
                () -> {
                    failPerhaps(Fault.NAME_ERROR, "delete");
                    if (disk.find(path) instanceof Folder folder && !folder.names().isEmpty()) {
                        throw new DirectoryNotEmptyException(path.toString());
                    }
                    disk.unlink(parent(path), SimulatedDisk.name(path));
                });
    }

    @Override
    public void forceFolder(Path path) throws IOException {
        change(
                "force folder",
                () -> {
                    failPerhaps(Fault.NAME_ERROR, "force folder");
                    var folder = disk.folder(path);
                    if (folder == null) {
                        throw new NoSuchFileException(path.toString());
                    }
                    if (!disk.liesAboutForce()) {
                        disk.forceNames(folder);
                    }
                });
    }

    @Override
    public Instant lastModified(Path path) throws IOException {
        reading();
        return file(path).modified();
    }

    @Override
    public SeekableByteChannel openToServe(Path path) throws IOException {
        reading();
        return new ServedBytes(file(path).content());
    }

    @Override
    public Optional<Path> pathToServe(Path path) {
        return Optional.empty();
    }
}
