package dev.nightmail.simulation.disk;

import dev.nightmail.journal.disk.Disk;
import dev.nightmail.simulation.disk.Node.Folder;
import dev.nightmail.simulation.fault.Faults;
import dev.nightmail.simulation.turn.Baton;
import dev.nightmail.simulation.turn.Life;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A disk that outlives the processes on it.
 *
 * <p>Bytes: {@link FileNode}. Names are kept as a journaling file system keeps them: a loss of
 * power leaves the changes of all names up to some point in their order, and flushing a folder
 * brings that point behind the last change in it.
 */
public final class SimulatedDisk {

    private final Baton baton;
    private final Faults faults;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final int pageBytes;
    private final boolean liesAboutForce;
    private final Folder root = new Folder();
    private final List<NameChange> pending = new ArrayList<>();

    private record NameChange(Set<Folder> folders, Runnable toStored) {}

    /**
     * @param liesAboutForce whether flushes do nothing and say that all went well
     */
    public SimulatedDisk(
            Baton baton,
            Faults faults,
            InstantSource clock,
            RandomGenerator random,
            int pageBytes,
            boolean liesAboutForce) {
        this.baton = baton;
        this.faults = faults;
        this.clock = clock;
        this.random = random;
        this.pageBytes = pageBytes;
        this.liesAboutForce = liesAboutForce;
    }

    /** The disk as one process has it. */
    public Disk in(Life life) {
        return new AttachedDisk(this, life, baton, faults, clock, random);
    }

    /** Makes a folder that was there before everything else. */
    public void createForGood(Path folder) {
        var inner = new Folder();
        root.names().put(name(folder), inner);
        root.stored().put(name(folder), inner);
    }

    int pageBytes() {
        return pageBytes;
    }

    boolean liesAboutForce() {
        return liesAboutForce;
    }

    static String name(Path path) {
        return path.getFileName().toString();
    }

    @Nullable Node find(Path path) {
        Node node = root;
        for (var part : path) {
            if (!(node instanceof Folder folder)) {
                return null;
            }
            node = folder.names().get(part.toString());
            if (node == null) {
                return null;
            }
        }
        return node;
    }

    @Nullable Folder folder(@Nullable Path path) {
        return path != null && find(path) instanceof Folder folder ? folder : null;
    }

    void link(Folder folder, String name, Node node) {
        folder.names().put(name, node);
        pending.add(new NameChange(Set.of(folder), () -> folder.stored().put(name, node)));
    }

    void unlink(Folder folder, String name) {
        folder.names().remove(name);
        pending.add(new NameChange(Set.of(folder), () -> folder.stored().remove(name)));
    }

    void move(Folder from, String name, Folder to, String newName, Node node) {
        from.names().remove(name);
        to.names().put(newName, node);
        pending.add(
                new NameChange(
                        from == to ? Set.of(from) : Set.of(from, to),
                        () -> {
                            from.stored().remove(name);
                            to.stored().put(newName, node);
                        }));
    }

    void forceNames(Folder folder) {
        int upTo = 0;
        for (int i = 0; i < pending.size(); i++) {
            if (pending.get(i).folders().contains(folder)) {
                upTo = i + 1;
            }
        }
        store(upTo);
    }

    private void store(int changes) {
        var stored = pending.subList(0, changes);
        stored.forEach(change -> change.toStored().run());
        stored.clear();
    }

    /** The power goes, and comes back. */
    public void losePower() {
        store(random.nextInt(pending.size() + 1));
        pending.clear();
        losePower(root);
    }

    private void losePower(Folder folder) {
        folder.names().clear();
        folder.names().putAll(folder.stored());
        for (var node : folder.names().values()) {
            switch (node) {
                case Folder inner -> losePower(inner);
                case FileNode file -> file.losePower(random);
            }
        }
    }

    // For whoever looks at it from outside

    /** What a loss of power now would leave of a file in any case; empty if it may be gone. */
    public Optional<byte[]> guaranteed(Path path) {
        Node node = root;
        for (var part : path) {
            if (!(node instanceof Folder folder)) {
                return Optional.empty();
            }
            node = folder.stored().get(part.toString());
        }
        return node instanceof FileNode file ? Optional.of(file.guaranteed()) : Optional.empty();
    }

    /** Every file with its bytes, as a process would read them. */
    public NavigableMap<Path, byte[]> contents() {
        var contents = new TreeMap<Path, byte[]>();
        collect(Path.of("/"), root, contents);
        return contents;
    }

    private static void collect(Path path, Folder folder, NavigableMap<Path, byte[]> contents) {
        folder.names()
                .forEach((name, node) -> {
                    switch (node) {
                        case Folder inner -> collect(path.resolve(name), inner, contents);
                        case FileNode file -> contents.put(path.resolve(name), file.content());
                    }
                });
    }

    /** Names in a folder; none if there is no such folder. */
    public List<String> list(Path path) {
        var folder = folder(path);
        return folder == null ? List.of() : List.copyOf(folder.names().keySet());
    }

    /** One bit of a file rots, as that happens: nobody is told. */
    public void rot(Path path, int position, int bit) {
        if (find(path) instanceof FileNode file && position < file.length()) {
            file.flipBit(position, bit);
        }
    }
}
