package dev.nightmail.pipeline.state;

import dev.nightmail.pipeline.sink.AppendNotes;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The files a pipeline wrote, by path and content: only these may it replace or delete.
 *
 * <p>What a file will hold is noted before it takes its name, and what it held is forgotten after.
 * A crash in between leaves both noted, and whichever of them is there is known.
 *
 * <p>A file to which answers are only added is not among them; of it is known how long it was.
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

    /**
     * The same by how a file looks, without reading it.
     *
     * @param seen its size, times and the like
     */
    public boolean wroteWhatLooksLike(Path path, String seen) {
        return sql.number(
                        "select count(*) from output_file where path = ? and seen = ?",
                        key(path),
                        seen)
                > 0;
    }

    /** Whether a file that looks like this was written with just these contents. */
    public boolean holds(Path path, String seen, String contents) {
        return sql.number(
                        "select count(*) from output_file where path = ? and seen = ? and contents = ?",
                        key(path),
                        seen,
                        contents)
                > 0;
    }

    /** What was written into a file that looks like this. */
    public void holding(Path path, String seen, String contents) {
        sql.update(
                "update output_file set contents = ? where path = ? and seen = ?",
                contents,
                key(path),
                seen);
    }

    /** Before a file takes its name. */
    public void writing(Path path, String sha256) {
        sql.update(
                "insert into output_file (path, sha256) values (?, ?) on conflict do nothing",
                key(path),
                sha256);
    }

    /**
     * After a file took its name. If answers were added to one of that name, that one is gone.
     *
     * @param seen how it looks now
     */
    public void written(Path path, String sha256, String seen) {
        sql.update("delete from appended_file where path = ?", key(path));
        sql.update(
                "update output_file set seen = ?, contents = null where path = ? and sha256 = ?",
                seen,
                key(path),
                sha256);
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
                && !knows(path)
                && appended(path).isEmpty();
    }

    /** What is known of a file to which answers are added; empty if none ever were. */
    public Optional<AppendNotes.Note> appended(Path path) {
        return sql.first(
                "select length, delivered, addition, addition_delivered from appended_file where path = ?",
                row -> {
                    var addition = row.getBytes(3);
                    return new AppendNotes.Note(
                            row.getLong(1),
                            row.getLong(2),
                            addition == null
                                    ? null
                                    : new AppendNotes.Addition(addition, row.getLong(4)));
                },
                key(path));
    }

    /** From now on this is known of it, and it is no file that is replaced. */
    public void append(Path path, AppendNotes.Note note) {
        deleted(path);
        var addition = note.addition();
        sql.update(
                """
                insert into appended_file (path, length, delivered, addition, addition_delivered) values (?, ?, ?, ?, ?)
                on conflict (path) do update set length = excluded.length, delivered = excluded.delivered,
                    addition = excluded.addition, addition_delivered = excluded.addition_delivered
                """,
                key(path),
                note.length(),
                note.delivered(),
                addition == null ? null : addition.bytes(),
                addition == null ? null : addition.delivered());
    }

    /** A file of this name is a new one: nothing that is known holds of it. */
    public void forget(Path path) {
        sql.update("delete from appended_file where path = ?", key(path));
        deleted(path);
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
