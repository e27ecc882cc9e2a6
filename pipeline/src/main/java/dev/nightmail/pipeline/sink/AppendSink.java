package dev.nightmail.pipeline.sink;

import dev.nightmail.pipeline.paths.NamedFile;
import dev.nightmail.pipeline.paths.PathRule;
import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Adds each answer once to the end of a file, which is never made shorter: others may read along,
 * and what they wrote into it stays.
 *
 * <p>The rows that are about to be written are noted in the state, with the length of the file;
 * then they are written and forced to stable storage; then it is noted that they are there. After a
 * crash in between, the file itself tells how much of them is there, and the rest is written behind
 * it. If others added lines behind a row that was cut off, that row is written again behind theirs.
 */
final class AppendSink implements Sink {

    private static final int GROUP_ROWS = 1_000;

    /** How far behind its place an addition is sought that others came before. */
    private static final int OTHERS_BYTES_MAX = 1 << 20;

    private final SinkContext context;
    private final NamedFile target;
    private final Path path;
    private final AnswerLines lines;
    private final boolean hasMark;
    private final AppendNotes notes;

    /**
     * @param hasMark whether a new file begins with a byte order mark
     */
    AppendSink(SinkContext context, NamedFile target, AnswerLines lines, boolean hasMark) {
        this.context = context;
        this.target = target;
        this.path = target.path();
        this.lines = lines;
        this.hasMark = hasMark;
        this.notes = context.appendNotes(target);
    }

    @Override
    public void check(Answers answers) {
        lines.notes().forEach(context::note);
        WholeFile.check(target.key(), path);
        try {
            if (!PathRule.isTaken(path)) {
                refuse(objection(notes.read(), length()));
                return;
            }
            if (Files.exists(path) && !Files.isRegularFile(path)) {
                throw new SinkException(
                        "%s: %s is no file that rows can be added to: name another"
                                .formatted(target.key(), path),
                        null);
            }
            try (var _ = new FileOutputStream(path.toFile(), true)) {
                var note = notes.read();
                var objection = objection(note, length());
                refuse(objection);
                if (objection == null && length() > 0 && note.addition() == null) {
                    refuseOtherColumns();
                }
            }
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** Why nothing can be added to the file as it is; null if something can. */
    private @Nullable String objection(AppendNotes.Note note, long length) {
        if (length > 0 && notes.isWrittenWhole()) {
            return "%s: %s was written by this pipeline in another mode, and its answers would be there twice: move it away or name another file, or start it anew with --overwrite"
                    .formatted(target.key(), path);
        }
        if (length < 0 && note.length() > 0) {
            return "%s: %s is gone, to which this pipeline added answers: put it back, make an empty file there to have only the answers that come from now on, or have all of them written anew with --overwrite"
                    .formatted(target.key(), path);
        }
        if (length > 0 && length < note.length()) {
            return "%s: %s has %d bytes, and had %d when this pipeline last added to it: put back what it held, empty it to have only the answers that come from now on, or have all of them written anew with --overwrite, which removes what is in it"
                    .formatted(target.key(), path, length, note.length());
        }
        return null;
    }

    private void refuse(@Nullable String objection) {
        if (objection != null && !context.mayOverwrite()) {
            throw new SinkException(objection, null);
        }
    }

    /** A table has one header, and all its rows the same columns. */
    private void refuseOtherColumns() throws IOException {
        var header = new ByteArrayOutputStream();
        lines.begin(header);
        var columns = header.toString(StandardCharsets.UTF_8).stripTrailing();
        if (columns.isEmpty()) {
            return;
        }
        var mark = new String(AnswerFile.BYTE_ORDER_MARK, StandardCharsets.UTF_8);
        String head;
        try (var in = Files.newInputStream(path)) {
            var bytes = in.readNBytes(header.size() + AnswerFile.BYTE_ORDER_MARK.length);
            head = new String(bytes, StandardCharsets.UTF_8);
        }
        var there = head.startsWith(mark) ? head.substring(mark.length()) : head;
        if (!there.startsWith(columns)
                || (there.length() > columns.length()
                        && "\r\n".indexOf(there.charAt(columns.length())) < 0)) {
            throw new SinkException(
                    "%s: %s does not begin with the line %s, and the rows to add have these columns: name another file, or change the columns back"
                            .formatted(target.key(), path, columns),
                    null);
        }
    }

    @Override
    public long deliver(Answers answers) {
        try {
            var note = standing();
            long rows = 0;
            for (var group = answers.after(note.delivered(), GROUP_ROWS);
                    !group.isEmpty();
                    group = answers.after(note.delivered(), GROUP_ROWS)) {
                note = add(note, group);
                rows += group.size();
            }
            return rows;
        } catch (IOException e) {
            throw failure(e);
        }
    }

    @Override
    public long complete(Answers answers) {
        return deliver(answers);
    }

    /** What is known of the file once it is as it is known. */
    private AppendNotes.Note standing() throws IOException {
        var note = notes.read();
        var objection = objection(note, length());
        if (objection != null) {
            refuse(objection);
            // A crash behind this is asked about again: the file is gone.
            WholeFile.delete(path);
            notes.forget();
            return AppendNotes.Note.NONE;
        }
        if (length() <= 0) {
            if (note.length() > 0) {
                context.note(
                        "%s is empty by now: it gets only the answers that are new, and \"nightmail export\" writes all of them"
                                .formatted(path));
            }
            return new AppendNotes.Note(0, note.delivered(), null);
        }
        return note.addition() == null ? note : finished(note, note.addition());
    }

    private AppendNotes.Note add(AppendNotes.Note note, List<Answers.Numbered> group)
            throws IOException {
        var last = group.getLast().sequence();
        var bytes = new ByteArrayOutputStream();
        if (length() > 0) {
            endLine(bytes);
        } else {
            if (hasMark) {
                bytes.write(AnswerFile.BYTE_ORDER_MARK);
            }
            lines.begin(bytes);
        }
        lines.write(
                visitor -> {
                    for (var answer : group) {
                        visitor.visit(answer.row());
                    }
                },
                bytes);
        return write(note, new AppendNotes.Addition(bytes.toByteArray(), last));
    }

    private AppendNotes.Note write(AppendNotes.Note note, AppendNotes.Addition addition)
            throws IOException {
        notes.write(new AppendNotes.Note(Math.max(0, length()), note.delivered(), addition));
        return write(addition, 0);
    }

    /**
     * @param from how many bytes of it are there
     */
    private AppendNotes.Note write(AppendNotes.Addition addition, int from) throws IOException {
        var isNew = length() <= 0;
        try (var out = new FileOutputStream(path.toFile(), true)) {
            out.write(addition.bytes(), from, addition.bytes().length - from);
            out.getFD().sync();
        }
        var folder = path.toAbsolutePath().getParent();
        if (isNew && folder != null) {
            WholeFile.force(folder);
        }
        var note = new AppendNotes.Note(length(), addition.delivered(), null);
        notes.write(note);
        return note;
    }

    /** Writes what is missing of an addition that was begun. */
    private AppendNotes.Note finished(AppendNotes.Note note, AppendNotes.Addition addition)
            throws IOException {
        var bytes = addition.bytes();
        var found = find(bytes, note.length());
        if (found.bytes() == bytes.length || found.end() == length()) {
            return write(addition, found.bytes());
        }
        var whole = lines.wholeRows(bytes, found.bytes());
        if (whole < found.bytes()) {
            context.note(
                    "%s: a row that was cut off ends at byte %d, before what others added: it is written again behind that"
                            .formatted(path, found.end()));
        }
        var rest = new ByteArrayOutputStream();
        endLine(rest);
        rest.write(bytes, whole, bytes.length - whole);
        return write(note, new AppendNotes.Addition(rest.toByteArray(), addition.delivered()));
    }

    /**
     * A part of the file that is the beginning of an addition.
     *
     * @param end of the part in the file
     * @param bytes that it has
     */
    private record Found(long end, int bytes) {}

    /** The longest part: others may have written before it, at the moment it was. */
    private Found find(byte[] bytes, long from) throws IOException {
        var region = new byte[(int) Math.min(length() - from, bytes.length + OTHERS_BYTES_MAX)];
        try (var file = new RandomAccessFile(path.toFile(), "r")) {
            file.seek(from);
            file.readFully(region);
        }
        var longest = new Found(from, 0);
        for (int start = 0; start < region.length; start++) {
            var until = Math.min(region.length, start + bytes.length);
            var differs = Arrays.mismatch(region, start, until, bytes, 0, until - start);
            var length = differs < 0 ? until - start : differs;
            if (length > longest.bytes()) {
                longest = new Found(from + start + length, length);
            }
        }
        return longest;
    }

    /** A last line of others that is not ended gets an end. */
    private void endLine(ByteArrayOutputStream bytes) throws IOException {
        try (var file = new RandomAccessFile(path.toFile(), "r")) {
            file.seek(file.length() - 1);
            if (file.read() != '\n') {
                bytes.write(lines.lineEnd());
            }
        }
    }

    /** Negative if there is no file. */
    private long length() throws IOException {
        return Files.exists(path) ? Files.size(path) : -1;
    }

    private SinkException failure(IOException e) {
        return new SinkException(
                "%s: cannot add to %s: %s. No answer is lost: run it again once that is mended"
                        .formatted(target.key(), path, WholeFile.reason(e)),
                e);
    }

    @Override
    public void close() {}
}
