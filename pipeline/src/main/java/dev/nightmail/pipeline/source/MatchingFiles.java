package dev.nightmail.pipeline.source;

import dev.nightmail.pipeline.paths.NamedFile;
import dev.nightmail.pipeline.paths.PathRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The files that a source names by a glob or a folder, sorted by name so that their order is the
 * same on every machine. Hidden files and folders are left out, and none may lie where the pipeline
 * may not read.
 */
public final class MatchingFiles {

    private final PathRule paths;
    private final Path folder;
    private final String key;
    private final String glob;

    /**
     * @param key under which the glob stands, for messages: {@code source.files}
     */
    public MatchingFiles(PathRule paths, String key, String glob) {
        this.paths = paths;
        this.folder = paths.folder();
        this.key = key;
        this.glob = glob;
    }

    /**
     * What a source reads.
     *
     * @param leftOut files that match and are the pipeline's own, as the author would write them
     */
    public record Found(List<Path> files, List<String> leftOut) {
        public Found {
            files = List.copyOf(files);
            leftOut = List.copyOf(leftOut);
        }
    }

    /**
     * The files of a glob.
     *
     * @param pattern of the paths below the folder; null: all of them
     */
    private record Choice(Path start, @Nullable Pattern pattern) {

        boolean includes(Path path) {
            return pattern == null || pattern.matcher(slashed(start.relativize(path))).matches();
        }
    }

    /**
     * Looks for them now.
     *
     * @param ownFiles of the pipeline, which are no records
     * @throws EmptySourceException if nothing else matches
     * @throws SourceException if they cannot be listed, or may not be read
     */
    public Found find(List<Path> ownFiles) {
        var own = ownFiles.stream().map(PathRule::real).collect(Collectors.toUnmodifiableSet());
        var records = new ArrayList<Path>();
        var leftOut = new ArrayList<String>();
        for (var path : files(choice())) {
            if (own.contains(PathRule.real(path))) {
                leftOut.add(paths.shown(path));
            } else {
                records.add(path);
            }
        }
        if (records.isEmpty()) {
            throw new EmptySourceException(
                    key
                            + ": no file matches "
                            + glob
                            + " in "
                            + folder
                            + (leftOut.isEmpty() ? "" : " besides the pipeline's own")
                            + ": * stays within a folder, ** stands for any folders or none");
        }
        return new Found(records, leftOut);
    }

    /**
     * Tells the files as they are from what they were, by name, size and time of the last change;
     * null if one could not be looked at.
     *
     * @param how they are read: read in another way they count as changed
     */
    public @Nullable String fingerprint(String how) {
        var seen = new FilesSeen(glob + "\0" + how);
        for (var path : files(choice())) {
            if (!seen.add(path)) {
                return null;
            }
        }
        return seen.fingerprint();
    }

    /**
     * Which outputs a later run would read, a sentence each. A whole folder may hold what the
     * pipeline writes: it is left out. A pattern may not match it.
     */
    public List<String> conflicts(List<NamedFile> outputs) {
        var choice = choice();
        if (choice.pattern() == null) {
            return List.of();
        }
        return outputs.stream()
                .filter(output ->
                        output.path().startsWith(choice.start()) && choice.includes(output.path()))
                .map(output ->
                        "%s: %s is read by the source (%s), and would be overwritten: write it to another folder, such as out/%s"
                                .formatted(
                                        output.key(),
                                        paths.shown(output.path()),
                                        glob,
                                        output.path().getFileName()))
                .toList();
    }

    /** The path of a file below the pipeline's folder, the same on every machine. */
    public String relative(Path file) {
        return slashed(folder.relativize(file));
    }

    private Choice choice() {
        RemotePath.refuse(key, glob);
        try {
            var whole = folder.resolve(glob).normalize();
            if (Files.isDirectory(whole)) {
                return new Choice(allowed(whole), null);
            }
            var fixed = Globs.fixedFolder(glob);
            var start = allowed(folder.resolve(fixed).normalize());
            var rest = glob.substring(fixed.length());
            return new Choice(start, Globs.pattern(rest, false));
        } catch (InvalidPathException | PatternSyntaxException e) {
            throw new SourceException(
                    key + ": " + glob + " is not a pattern: " + e.getMessage(), e);
        }
    }

    private Path allowed(Path path) {
        paths.refusal(path)
                .ifPresent(reason -> {
                    throw new SourceException(key + ": " + reason);
                });
        return path;
    }

    private List<Path> files(Choice choice) {
        if (!Files.isDirectory(choice.start())) {
            throw new SourceException(
                    key
                            + ": no file matches "
                            + glob
                            + ": there is no folder "
                            + relative(choice.start()));
        }
        try (var walk = Files.walk(choice.start())) {
            return walk.filter(path -> !isHidden(path))
                    .filter(choice::includes)
                    .filter(Files::isRegularFile)
                    .map(path -> Files.isSymbolicLink(path) ? allowed(path) : path)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new SourceException(
                    key + ": cannot list " + choice.start() + ": " + e.getMessage(), e);
        }
    }

    private boolean isHidden(Path path) {
        for (var part : folder.relativize(path)) {
            var name = part.toString();
            if (name.startsWith(".") && !name.equals("..")) {
                return true;
            }
        }
        return false;
    }

    private static String slashed(Path path) {
        return path.toString().replace('\\', '/');
    }
}
