package dev.nightmail.pipeline.definition;

import java.nio.file.Path;
import java.util.List;

/** A pipeline file cannot be used; says all that is wrong with it. */
public final class DefinitionException extends RuntimeException {

    private final List<String> problems;

    DefinitionException(Path file, List<String> problems) {
        super(String.join("\n", problems.stream().map(problem -> file + ": " + problem).toList()));
        this.problems = List.copyOf(problems);
    }

    /** One line each, naming the key and what is allowed; without the file's name. */
    public List<String> problems() {
        return problems;
    }
}
