package dev.nightmail.pipeline.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A file to which answers are added keeps the contract of all sinks, and what others wrote. */
@SuppressWarnings("NullAway.Init")
class AppendSinkTest extends SinkContract {

    private static final String GOOD = "{\"label\": \"good\", \"score\": 1}";
    private static final String HEADER = "id,label,score\r\n";

    @TempDir Path folder;
    private SinkFormat format = SinkFormat.JSONL;

    @Override
    protected Sink open() {
        return new FileSinkDefinition(file(), format, Formulas.ESCAPE, false, FileMode.APPEND)
                .open(context);
    }

    @Override
    protected Map<String, String> delivered() throws IOException {
        return labels(Files.readAllLines(file()));
    }

    private Path file() {
        return folder.resolve(format == SinkFormat.CSV ? "results.csv" : "results.jsonl");
    }

    private String content() throws IOException {
        return Files.readString(file());
    }

    private void others(String text) throws IOException {
        Files.writeString(file(), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static String row(String id, String label, int score) {
        return "{\"id\":\"%s\",\"label\":\"%s\",\"score\":%d}\n".formatted(id, label, score);
    }

    @Test
    void eachAnswerIsAddedOnceInTheOrderInWhichItCame() throws Exception {
        answers.add("b", GOOD);
        run(true);
        answers.add("a", GOOD);
        answers.add("b", "{\"label\": \"bad\", \"score\": 2}");

        assertThat(run(true)).isEqualTo(2);

        assertThat(run(true)).isZero();
        assertThat(content())
                .isEqualTo(row("b", "good", 1) + row("a", "good", 1) + row("b", "bad", 2));
    }

    @Test
    void whatOthersWroteStaysAndALineTheyDidNotEndIsEnded() throws Exception {
        others("{\"id\": \"theirs\"}");
        answers.add("a", GOOD);
        run(true);
        others("{\"id\": \"theirs too\"}\n");
        answers.add("b", GOOD);

        run(true);

        assertThat(content())
                .isEqualTo(
                        "{\"id\": \"theirs\"}\n"
                                + row("a", "good", 1)
                                + "{\"id\": \"theirs too\"}\n"
                                + row("b", "good", 1));
    }

    @Test
    void aTableGetsOneHeader() throws Exception {
        format = SinkFormat.CSV;
        answers.add("a", GOOD);
        run(true);
        answers.add("b", GOOD);

        run(true);

        assertThat(content()).isEqualTo(HEADER + "a,good,1\r\nb,good,1\r\n");
    }

    @ParameterizedTest
    @CsvSource({"'id,label,score'", "'id,label,score\n'", "'\uFEFFid,label,score\r\nx,y,1'"})
    void aTableOfOthersWithTheSameColumnsIsAddedTo(String theirs) throws Exception {
        format = SinkFormat.CSV;
        others(theirs);
        answers.add("a", GOOD);

        run(true);

        assertThat(content()).startsWith(theirs).endsWith("\na,good,1\r\n").doesNotContain("\n\n");
    }

    @ParameterizedTest
    @CsvSource({"'id,label\r\n'", "'id,label,scores\r\n'", "'a,good,1\r\n'", "'id'"})
    void aTableWithOtherColumnsIsRefusedBeforeAnythingIsSent(String theirs) throws Exception {
        format = SinkFormat.CSV;
        others(theirs);

        try (var sink = open()) {
            assertThatThrownBy(() -> sink.check(answers))
                    .isInstanceOf(SinkException.class)
                    .hasMessageStartingWith("sink.file: ")
                    .hasMessageContaining("does not begin with the line id,label,score, and");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"JSONL", "CSV"})
    void whereverAWriteIsCutOffTheNextRunWritesTheRestOfIt(SinkFormat of) throws Exception {
        format = of;
        var cut = writtenButNotNoted();

        for (int length = cut.before(); length <= cut.whole().length; length++) {
            context.appendNotes().write(cut.note());
            Files.write(file(), Arrays.copyOf(cut.whole(), length));

            run(true);

            assertThat(Files.readAllBytes(file())).as("cut at %d", length).isEqualTo(cut.whole());
        }
        assertThat(context.notes()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"JSONL", "CSV"})
    void ifOthersAddedBehindARowThatWasCutOffItIsWrittenAgainBehindThem(SinkFormat of)
            throws Exception {
        format = of;
        var cut = writtenButNotNoted();
        var theirs = of == SinkFormat.CSV ? "theirs,good,3\r\n" : row("theirs", "good", 3);

        for (int length = cut.before(); length <= cut.whole().length; length++) {
            context.appendNotes().write(cut.note());
            Files.write(file(), Arrays.copyOf(cut.whole(), length));
            others(theirs);
            var before = content();

            run(true);

            assertThat(content()).as("cut at %d", length).startsWith(before);
            for (var row : cut.rows()) {
                assertThat(occurrences(row)).as("cut at %d: %s", length, row).isEqualTo(1);
            }
        }
        assertThat(context.notes())
                .isNotEmpty()
                .allMatch(note -> note.contains("a row that was cut off ends at byte "));
    }

    @Test
    void rowsThatOthersCameBeforeAtTheLastMomentAreFoundBehindTheirs() throws Exception {
        var cut = writtenButNotNoted();
        Files.write(file(), Arrays.copyOf(cut.whole(), cut.before()));
        others(row("theirs", "good", 3));
        try (var out = Files.newOutputStream(file(), StandardOpenOption.APPEND)) {
            out.write(cut.whole(), cut.before(), cut.whole().length - cut.before());
        }
        var before = content();

        run(true);

        assertThat(content()).isEqualTo(before);
    }

    /**
     * What a run left that died behind its write.
     *
     * @param before how much of the file was there before
     */
    @SuppressWarnings("ArrayRecordComponent")
    private record Cut(byte[] whole, int before, AppendNotes.Note note) {
        String[] rows() {
            var text = new String(whole, before, whole.length - before, StandardCharsets.UTF_8);
            return text.split("(?<=\n)(?=b|c|\\{)");
        }
    }

    private Cut writtenButNotNoted() throws Exception {
        answers.add("a", GOOD);
        run(true);
        int before = (int) Files.size(file());
        answers.add("b", "{\"label\": \"two\\r\\nlines\", \"score\": 1}");
        answers.add("c", GOOD);
        var notes = context.appendNotes();
        var written = new int[1];
        notes.beforeWriting(() -> {
            if (++written[0] == 2) {
                throw new IllegalStateException("crash");
            }
        });
        assertThatThrownBy(() -> run(true)).hasMessage("crash");
        notes.beforeWriting(() -> {});
        return new Cut(Files.readAllBytes(file()), before, notes.read());
    }

    private int occurrences(String row) throws IOException {
        return content().split(Pattern.quote(row), -1).length - 1;
    }

    @Test
    void aFileThatIsGoneOrShorterEndsTheRunBeforeAnythingIsSent() throws Exception {
        answers.add("a", GOOD);
        answers.add("b", GOOD);
        run(true);
        Files.writeString(file(), row("a", "good", 1));
        try (var sink = open()) {
            assertThatThrownBy(() -> sink.check(answers))
                    .isInstanceOf(SinkException.class)
                    .hasMessageContaining("has 36 bytes, and had 72 when this pipeline last added");
        }
        Files.delete(file());

        try (var sink = open()) {
            assertThatThrownBy(() -> sink.check(answers))
                    .isInstanceOf(SinkException.class)
                    .hasMessageContaining(
                            "is gone, to which this pipeline added answers: put it back");
        }

        assertThat(file()).doesNotExist();
        context.allowOverwriting();
        run(true);
        assertThat(delivered()).containsOnlyKeys("a", "b");
    }

    @Test
    void aFileThatWasEmptiedGetsOnlyWhatIsNew() throws Exception {
        format = SinkFormat.CSV;
        answers.add("a", GOOD);
        run(true);
        Files.writeString(file(), "");
        answers.add("b", GOOD);

        run(true);

        assertThat(content()).isEqualTo(HEADER + "b,good,1\r\n");
        assertThat(context.notes())
                .singleElement()
                .asString()
                .contains("is empty by now: it gets only the answers that are new");
    }

    @Test
    void aFileThatWasWrittenInAnotherModeHasTheAnswersAlready() throws Exception {
        others(row("a", "good", 1));
        answers.add("a", GOOD);
        context.appendNotes().writtenWhole();
        assertThatThrownBy(() -> run(true))
                .isInstanceOf(SinkException.class)
                .hasMessageContaining("was written by this pipeline in another mode");

        context.allowOverwriting();
        run(true);

        assertThat(content()).isEqualTo(row("a", "good", 1));
    }

    @Test
    void aNewFileBeginsWithTheMarkThatIsAskedFor() throws Exception {
        answers.add("a", GOOD);
        var marked =
                new FileSinkDefinition(
                        folder.resolve("marked.csv"),
                        SinkFormat.CSV,
                        Formulas.ESCAPE,
                        true,
                        FileMode.APPEND);
        for (int run = 0; run < 2; run++) {
            try (var sink = marked.open(context)) {
                sink.check(answers);
                sink.complete(answers);
            }
        }

        assertThat(Files.readString(folder.resolve("marked.csv")))
                .isEqualTo("\uFEFF" + HEADER + "a,good,1\r\n");
    }
}
