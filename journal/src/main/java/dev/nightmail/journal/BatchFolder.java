package dev.nightmail.journal;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.journal.result.ResultPaths;
import java.nio.file.Path;
import java.util.List;

/** The files of one batch, wherever its folder lies at the moment. */
record BatchFolder(BatchId id, Path path) {

    Path record() {
        return path.resolve("batch.json");
    }

    Path newRecord() {
        return path.resolve("batch.json.tmp");
    }

    Path requests() {
        return path.resolve("requests.jsonl");
    }

    Path requestIndex() {
        return path.resolve("requests.index");
    }

    Path attempts() {
        return path.resolve("requests.attempts");
    }

    ResultPaths results() {
        return new ResultPaths(path);
    }

    /**
     * What an archived batch gives back. Results go first: while they are there, so is all else.
     */
    List<Path> archivable() {
        return List.of(results().log(), results().index(), requests(), requestIndex(), attempts());
    }
}
