package dev.nightmail.journal;

import dev.nightmail.journal.disk.Disk;
import dev.nightmail.journal.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that knows what is durable, and can lose everything else.
 *
 * <p>After a power loss each write that was not flushed is there, is not there, or is there in
 * part, each for itself; changes of names are kept up to some point in their order, as a journaling
 * file system does.
 */
final class MemoryDisk implements Disk {

    /** The steps that change something, each of which can be the one that fails. */
    enum Step {
        OPEN,
        WRITE,
        FORCE,
        TRUNCATE,
        CREATE_FOLDER,
        RENAME,
        DELETE,
        FORCE_FOLDER
    }

    private static final Instant MODIFIED = Instant.parse("2026-11-20T22:00:00Z");

    private NavigableMap<Path, Node> names = new TreeMap<>();
    private final NavigableMap<Path, Node> durableNames = new TreeMap<>();
    private final List<NameChange> pendingNames = new ArrayList<>();
    private int stepsLeft = Integer.MAX_VALUE;
    private int steps;
    private int failingStep;
    private @Nullable Step failing;

    private sealed interface Node {}

    private record Folder() implements Node {}

    private static final class Bytes implements Node {
        private byte[] current = {};
        private byte[] forced = {};
        private final List<Change> pending = new ArrayList<>();
    }

    /** Bytes written at a position, or with no bytes the cutting off of what is behind it. */
    private static final class Change {
        private final int position;
        private final byte @Nullable [] bytes;

        Change(int position, byte @Nullable [] bytes) {
            this.position = position;
            this.bytes = bytes;
        }

        byte[] applyTo(byte[] content, int part) {
            if (bytes == null) {
                return Arrays.copyOf(content, Math.min(content.length, position));
            }
            var changed = Arrays.copyOf(content, Math.max(content.length, position + part));
            System.arraycopy(bytes, 0, changed, position, part);
            return changed;
        }

        int size() {
            return bytes == null ? 0 : bytes.length;
        }
    }

    private record NameChange(List<Path> folders, Consumer<NavigableMap<Path, Node>> change) {}

    /** From now on, after so many more steps, every step fails. */
    void cutPowerAfter(int steps) {
        stepsLeft = steps;
    }

    /** The next step of this kind fails, once. */
    void failNext(Step step) {
        failing = step;
    }

    /** After so many more steps one step fails. */
    void failAfter(int steps) {
        failingStep = this.steps + steps + 1;
    }

    /** Steps taken so far. */
    int steps() {
        return steps;
    }

    /** What a file holds at the moment. */
    byte[] content(Path file) throws IOException {
        return bytes(file).current.clone();
    }

    /** Replaces what a file holds behind everybody's back; the file is made if need be. */
    void put(Path file, byte[] content) throws IOException {
        try (var open = openToWrite(file)) {
            open.truncate(0);
            open.write(ByteBuffer.wrap(content), 0);
            open.force();
        }
    }

    /** What the power leaves of it. */
    MemoryDisk afterPowerLoss(RandomGenerator random) {
        var kept = new TreeMap<>(durableNames);
        int namesKept = pendingNames.isEmpty() ? 0 : random.nextInt(pendingNames.size() + 1);
        pendingNames.subList(0, namesKept).forEach(change -> change.change().accept(kept));
        var after = new MemoryDisk();
        kept.forEach((path, node) -> {
            var survivor = survivor(node, random);
            after.names.put(path, survivor);
            after.durableNames.put(path, survivor);
        });
        return after;
    }

    private static Node survivor(Node node, RandomGenerator random) {
        return switch (node) {
            case Folder folder -> folder;
            case Bytes bytes -> {
                var content = bytes.forced;
                for (var change : bytes.pending) {
                    int part =
                            switch (random.nextInt(3)) {
                                case 0 -> -1;
                                case 1 -> random.nextInt(change.size() + 1);
                                default -> change.size();
                            };
                    content = part < 0 ? content : change.applyTo(content, part);
                }
                var survivor = new Bytes();
                survivor.current = content;
                survivor.forced = content;
                yield survivor;
            }
        };
    }

    private void step(Step step) throws IOException {
        if (stepsLeft == 0) {
            throw new IOException("the power is off");
        }
        stepsLeft--;
        steps++;
        if (failing == step || steps == failingStep) {
            failing = null;
            throw new IOException("simulated failure of " + step);
        }
    }

    private void change(List<Path> folders, Consumer<NavigableMap<Path, Node>> change) {
        change.accept(names);
        pendingNames.add(new NameChange(folders, change));
    }

    @Override
    public DiskFile openToRead(Path file) throws IOException {
        return new OpenFile(bytes(file));
    }

    @Override
    public DiskFile openToWrite(Path file) throws IOException {
        if (!names.containsKey(file)) {
            step(Step.OPEN);
            var bytes = new Bytes();
            change(List.of(parent(file)), all -> all.put(file, bytes));
        }
        return new OpenFile(bytes(file));
    }

    private Bytes bytes(Path file) throws IOException {
        if (names.get(file) instanceof Bytes bytes) {
            return bytes;
        }
        throw new NoSuchFileException(file.toString());
    }

    private static Path parent(Path path) {
        var parent = path.getParent();
        return parent == null ? path : parent;
    }

    @Override
    public boolean exists(Path path) {
        return names.containsKey(path);
    }

    @Override
    public boolean isFolder(Path path) {
        return names.get(path) instanceof Folder;
    }

    @Override
    public List<String> list(Path folder) {
        return names.keySet().stream()
                .filter(path -> folder.equals(path.getParent()))
                .map(path -> path.getFileName().toString())
                .toList();
    }

    @Override
    public void createFolders(Path folder) throws IOException {
        if (exists(folder)) {
            return;
        }
        step(Step.CREATE_FOLDER);
        if (folder.getParent() != null) {
            createFolders(folder.getParent());
        }
        change(List.of(parent(folder)), all -> all.put(folder, new Folder()));
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        step(Step.RENAME);
        if (!exists(from)) {
            throw new NoSuchFileException(from.toString());
        }
        change(List.of(parent(from), parent(to)), all -> move(all, from, to));
    }

    private static void move(NavigableMap<Path, Node> all, Path from, Path to) {
        var moving = new TreeMap<Path, Node>();
        all.forEach((path, node) -> {
            if (path.startsWith(from)) {
                moving.put(path, node);
            }
        });
        all.keySet().removeAll(moving.keySet());
        moving.forEach((path, node) -> all.put(to.resolve(from.relativize(path)), node));
    }

    @Override
    public void delete(Path path) throws IOException {
        if (exists(path)) {
            step(Step.DELETE);
            change(List.of(parent(path)), all -> all.remove(path));
        }
    }

    @Override
    public void forceFolder(Path folder) throws IOException {
        step(Step.FORCE_FOLDER);
        int upTo = 0;
        for (int i = 0; i < pendingNames.size(); i++) {
            if (pendingNames.get(i).folders().contains(folder)) {
                upTo = i + 1;
            }
        }
        var forced = pendingNames.subList(0, upTo);
        forced.forEach(change -> change.change().accept(durableNames));
        forced.clear();
    }

    @Override
    public Instant lastModified(Path file) {
        return MODIFIED;
    }

    @Override
    public SeekableByteChannel openToServe(Path file) {
        throw new UnsupportedOperationException("nothing is served from memory");
    }

    @Override
    public Optional<Path> pathToServe(Path file) {
        return Optional.empty();
    }

    private final class OpenFile implements DiskFile {
        private final Bytes bytes;

        OpenFile(Bytes bytes) {
            this.bytes = bytes;
        }

        @Override
        public long length() {
            return bytes.current.length;
        }

        @Override
        public int read(ByteBuffer target, long position) {
            int length = (int) Math.max(0, Math.min(target.remaining(), length() - position));
            if (length > 0) {
                target.put(bytes.current, (int) position, length);
            }
            return length;
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            step(Step.WRITE);
            var written = new byte[source.remaining()];
            source.get(written);
            apply(new Change((int) position, written));
        }

        @Override
        public void truncate(long length) throws IOException {
            step(Step.TRUNCATE);
            apply(new Change((int) length, null));
        }

        private void apply(Change change) {
            bytes.current = change.applyTo(bytes.current, change.size());
            bytes.pending.add(change);
        }

        @Override
        public void force() throws IOException {
            step(Step.FORCE);
            bytes.forced = bytes.current;
            bytes.pending.clear();
        }

        @Override
        public void close() {}
    }
}
