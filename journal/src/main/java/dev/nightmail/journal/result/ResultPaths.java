package dev.nightmail.journal.result;

import java.nio.file.Path;

/** Where the result log of a batch lies in the folder of the batch. */
public record ResultPaths(Path folder) {

    public Path log() {
        return folder.resolve("results.jsonl");
    }

    public Path index() {
        return folder.resolve("results.index");
    }

    /** What is left of lines that were written off, one after the other. */
    Path damaged() {
        return folder.resolve("results.damaged");
    }

    /** An index being written anew, before it takes the place of the old one. */
    Path newIndex() {
        return folder.resolve("results.index.tmp");
    }
}
