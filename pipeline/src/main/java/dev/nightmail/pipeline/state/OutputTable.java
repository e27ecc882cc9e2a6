package dev.nightmail.pipeline.state;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The files a pipeline wrote, by path and content: only these may it replace or delete.
 *
 * <p>What a file will hold is noted before it takes its name, and what it held is forgotten after.
 * A crash in between leaves both noted, and whichever of them is there is known.
 */
public final class OutputTable {

    private final Sql sql;
    private final @Nullable Path stateFile;

    OutputTable(Sql sql, @Nullable Path stateFile) {
        this.sql = sql;
        this.stateFile = stateFile;
    }

    /** Whether this pipeline ever wrote a file of this name. */
    public boolean knows(Path path) {
        return sql.number("select count(*) from output_file where path = ?", key(path)) > 0;
    }

    /** Whether this pipeline wrote a file of this name with this content. */
    public boolean wrote(Path path, String sha256) {
        return sql.number(
                        "select count(*) from output_file where path = ? and sha256 = ?",
                        key(path),
                        sha256)
                > 0;
    }

    /** Before a file takes its name. */
    public void writing(Path path, String sha256) {
        sql.update(
                "insert into output_file (path, sha256) values (?, ?) on conflict do nothing",
                key(path),
                sha256);
    }

    /** After a file took its name. */
    public void written(Path path, String sha256) {
        sql.update("delete from output_file where path = ? and sha256 <> ?", key(path), sha256);
    }

    /** After a file was deleted. */
    public void deleted(Path path) {
        sql.update("delete from output_file where path = ?", key(path));
    }

    /**
     * Whether a release that kept no such notes may have written a file that is there: then its
     * content has to tell.
     */
    public boolean mayBeUnrecorded(Path path) {
        return sql.number("select count(*) from setting where name = 'outputs'") > 0
                && !knows(path);
    }

    /** Relative to the pipeline's folder, which may be moved. */
    private String key(Path path) {
        return Optional.ofNullable(stateFile)
                .map(Path::getParent)
                .filter(path::startsWith)
                .map(folder -> folder.relativize(path).toString())
                .orElse(path.toString());
    }
}
