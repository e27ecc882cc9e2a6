package dev.nightmail.pipeline.definition;

import dev.nightmail.config.section.YamlSection;
import dev.nightmail.pipeline.paths.NamedFile;
import dev.nightmail.pipeline.paths.PathRule;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The files a pipeline is made of: those it names are read, and remembered as its inputs. */
final class ReferencedFiles {

    private final PathRule paths;
    private final List<NamedFile> inputs = new ArrayList<>();

    ReferencedFiles(PathRule paths) {
        this.paths = paths;
    }

    Path folder() {
        return paths.folder();
    }

    PathRule paths() {
        return paths;
    }

    List<NamedFile> inputs() {
        return List.copyOf(inputs);
    }

    void add(String key, Path path) {
        inputs.add(new NamedFile(key, path));
    }

    /** The text of a file of the pipeline; null, and told, if there is none. */
    @Nullable String text(YamlSection section, String key, String named) {
        var path = path(section, key, named);
        if (path == null) {
            return null;
        }
        var refusal = paths.refusal(path);
        if (refusal.isPresent()) {
            section.problem(key, refusal.get());
            return null;
        }
        add(section.pathOf(key), path);
        try {
            var text = text(path);
            if (text.isBlank()) {
                section.problem(key, named + " is empty");
                return null;
            }
            return text;
        } catch (IOException e) {
            section.problem(key, "cannot read " + path + ": " + reason(e));
            return null;
        }
    }

    /** Where a relative path leads; null, and told, if it is none. */
    @Nullable Path path(YamlSection section, String key, String named) {
        try {
            return paths.folder().resolve(named).normalize();
        } catch (InvalidPathException e) {
            section.problem(key, "is not a path: " + e.getReason());
            return null;
        }
    }

    static String text(Path path) throws IOException {
        var text = Files.readString(path, StandardCharsets.UTF_8);
        // Editors on Windows put a byte order mark in front; it is no part of the text.
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException _ -> "there is no such file";
            case AccessDeniedException _ -> "permission denied";
            case CharacterCodingException _ -> "it is not UTF-8 text";
            default -> String.valueOf(e.getMessage());
        };
    }
}
