package dev.nightmail.pipeline.paths;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a pipeline may read and write: below its own folder, links followed, unless its author
 * writes {@code allow-outside: true}. Two names of one file are one file, by link, by hard link, or
 * because the file system does not tell capitals from small letters.
 */
public record PathRule(Path folder, boolean allowOutside) {

    /** More links in a row than any system follows. */
    private static final int LINKS_MAX = 40;

    /** What is wrong with reading or writing there; empty if nothing is. */
    public Optional<String> refusal(Path path) {
        if (allowOutside || isBelow(path)) {
            return Optional.empty();
        }
        var place = real(path);
        var leads = path.startsWith(folder) ? " leads to " + place + ", which" : "";
        return Optional.of(
                shown(path)
                        + leads
                        + " is outside the pipeline's folder: move it below "
                        + folder
                        + ", or write \"allow-outside: true\" in the pipeline file");
    }

    /** Whether a path lies below the folder once its links are followed. */
    public boolean isBelow(Path path) {
        return real(path).startsWith(real(folder));
    }

    /** A path as a reader of the pipeline file would write it. */
    public String shown(Path path) {
        return path.startsWith(folder) && !path.equals(folder)
                ? folder.relativize(path).toString()
                : path.toString();
    }

    /** Whether two paths name one file, or would once both exist. */
    public static boolean same(Path one, Path other) {
        if (Files.exists(one) && Files.exists(other)) {
            try {
                return Files.isSameFile(one, other);
            } catch (IOException _) {
                // Gone in between, or not to be looked at: their places decide.
            }
        }
        var first = real(one);
        var second = real(other);
        if (first.equals(second)) {
            return true;
        }
        // Neither is there yet: where capitals are not told from small letters they would be one.
        return !Files.exists(first)
                && !Files.exists(second)
                && first.toString().equalsIgnoreCase(second.toString());
    }

    /** Where a path leads: links followed as far as it exists. */
    public static Path real(Path path) {
        return real(path.toAbsolutePath().normalize(), LINKS_MAX);
    }

    private static Path real(Path path, int linksLeft) {
        try {
            return path.toRealPath();
        } catch (IOException _) {
            // It does not exist, or not as a whole: its folder may.
        }
        var parent = path.getParent();
        var name = path.getFileName();
        if (parent == null || name == null) {
            return path;
        }
        try {
            if (linksLeft > 0 && Files.isSymbolicLink(path)) {
                var target = parent.resolve(Files.readSymbolicLink(path)).normalize();
                return real(target, linksLeft - 1);
            }
        } catch (IOException _) {
            // A link nobody may read leads nowhere.
        }
        return real(parent, linksLeft).resolve(name);
    }

    /** Whether something is there, be it a link that leads nowhere. */
    public static boolean isTaken(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }
}
