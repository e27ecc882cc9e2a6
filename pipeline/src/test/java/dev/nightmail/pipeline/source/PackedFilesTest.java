package dev.nightmail.pipeline.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.pipeline.paths.NamedFile;
import dev.nightmail.pipeline.paths.PathRule;
import dev.nightmail.pipeline.streams.Gzip;
import dev.nightmail.pipeline.streams.ZstdFrames;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are packed are read as they are, and one that is not whole is never half a source. */
@SuppressWarnings("NullAway.Init")
class PackedFilesTest {

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"gz", "zst"})
    void aQueryReadsThemWithTheirCellsAsTheyStand(String ending) throws Exception {
        duckdb("copy (select '007' as id, '1.10' as text) to '%s/a.csv.%s' (header)", ending);
        duckdb("copy (select 7 as id, 'one' as text) to '%s/a.jsonl.%s' (format json)", ending);

        assertThat(records(sql("from 'a.csv." + ending + "'")))
                .extracting(SourceRecord::fields)
                .singleElement()
                .asString()
                .isEqualTo("{id=007, text=1.10}");
        assertThat(records(sql("from '*.jsonl." + ending + "'")))
                .extracting(SourceRecord::id)
                .containsExactly("7");
        assertThatThrownBy(() -> records(sql("from '../a.csv." + ending + "'")))
                .hasMessageContaining("is outside the pipeline's folder");
        assertThat(
                        sql("from '*.csv." + ending + "'")
                                .conflicts(
                                        List.of(
                                                new NamedFile(
                                                        "sink.file",
                                                        folder.resolve("out.csv." + ending)))))
                .singleElement()
                .asString()
                .contains("is read by the source");
    }

    @ParameterizedTest
    @ValueSource(strings = {"csv.gz", "csv.zst", "jsonl.gz", "jsonl.zst"})
    void aFileThatWasCutOffIsNoSource(String ending) throws Exception {
        var format = ending.startsWith("csv") ? "header" : "format json";
        duckdb(
                "copy (select i as id, 'text ' || hash(i) as text from range(100000) t(i)) to '%s/a.%s' ("
                        + format
                        + ")",
                ending);
        var whole = Files.readAllBytes(folder.resolve("a." + ending));
        Files.write(folder.resolve("a." + ending), Arrays.copyOf(whole, whole.length - 5_000));

        assertThatThrownBy(() -> records(sql("from 'a." + ending + "'")))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("a." + ending)
                .hasMessageEndingWith("not whole: fetch it or pack it anew");
    }

    @Test
    void everyFrameOfAZstandardFileIsLookedAt() throws Exception {
        duckdb(
                "copy (select i as id, hash(i) as text from range(50000) t(i)) to '%s/a.csv.%s'",
                "zst");
        var frame = Files.readAllBytes(folder.resolve("a.csv.zst"));
        var skippable = new byte[] {0x5A, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3};
        var file = folder.resolve("b.zst");

        Files.write(file, joined(frame, skippable, frame));
        assertThat(ZstdFrames.areWhole(file)).isTrue();
        for (int cut : new int[] {1, 4, frame.length / 2, frame.length - 1}) {
            Files.write(file, joined(frame, skippable, Arrays.copyOf(frame, cut)));
            assertThat(ZstdFrames.areWhole(file)).as("%d bytes", cut).isFalse();
        }
        Files.write(file, new byte[0]);
        assertThat(ZstdFrames.areWhole(file)).isFalse();
    }

    @Test
    void aRowThatIsWrongIsFoundInAPackedFileToo() throws Exception {
        gzip("a.csv.gz", "id,text\n1,one\n2,two,three\n".getBytes(UTF_8));
        gzip("empty.csv.gz", new byte[0]);

        assertThatThrownBy(() -> records(sql("select id, text from 'a.csv.gz'")))
                .hasMessageContaining("a.csv.gz")
                .hasMessageContaining("line 3: 3 columns, the header has 2");
        assertThatThrownBy(() -> records(sql("select id from 'empty.csv.gz'")))
                .hasMessageContaining("empty.csv.gz is empty");
    }

    @Test
    void packedTextsAreRecordsAndWhatCannotBeUnpackedIsSetAside() throws Exception {
        gzip("a.txt.gz", "\uFEFFfirst".getBytes(UTF_8));
        Files.writeString(folder.resolve("b.txt"), "second");
        var whole = Files.readAllBytes(folder.resolve("a.txt.gz"));
        Files.write(folder.resolve("cut.txt.gz"), Arrays.copyOf(whole, whole.length - 9));
        Files.writeString(folder.resolve("not.txt.gz"), "plain");
        Files.writeString(folder.resolve("z.txt.zst"), "packed otherwise");
        gzip("latin.txt.gz", new byte[] {'c', (byte) 0xE9});
        gzip("x.tar.gz", "an archive".getBytes(UTF_8));
        try (var out = Files.newOutputStream(folder.resolve("bomb.txt.gz"))) {
            Gzip.pack(out, PackedFilesTest::writeBomb);
        }

        var texts = new ArrayList<String>();
        var reasons = new ArrayList<String>();
        var source = new TextFilesSource(new PathRule(folder, false), "*", UTF_8, List.of());
        try (var cursor = source.open()) {
            for (var item = cursor.next(); item != null; item = cursor.next()) {
                switch (item) {
                    case SourceRecord record ->
                            texts.add(record.id() + ": " + record.fields().get("text"));
                    case UnusableRecord(var id, var reason) ->
                            reasons.add(id + ": " + reason.replaceFirst(", or name what.*", ""));
                }
            }
        }

        assertThat(texts).containsExactly("a.txt.gz: first", "b.txt: second");
        assertThat(reasons)
                .containsExactly(
                        "bomb.txt.gz: the file is larger than 100,000,000 bytes unpacked: split it",
                        "cut.txt.gz: the file is no gzip file, or not whole: fetch it or pack it anew",
                        "latin.txt.gz: the file is not UTF-8 text: convert it, narrow the pattern",
                        "not.txt.gz: the file is no gzip file, or not whole: fetch it or pack it anew",
                        "x.tar.gz: the file is not UTF-8 text: convert it, narrow the pattern",
                        "z.txt.zst: the file is packed with zstd, which only sql sources read: unpack it, or pack it with gzip");
    }

    @Test
    void whatIsElsewhereIsRefusedWithWhatToDo() {
        assertThatThrownBy(() -> records(sql("from read_csv('https://example.com/a.csv')")))
                .hasMessage(
                        "source.sql: https://example.com/a.csv is not fetched: a source reads files, so download it into the pipeline's folder first");
        assertThatThrownBy(() ->
                        new TextFilesSource(
                                        new PathRule(folder, false),
                                        "s3://bucket/*.txt",
                                        UTF_8,
                                        List.of())
                                .open())
                .hasMessageStartingWith("source.files: s3:// is read by sql only: write sql: ");
    }

    private static void writeBomb(OutputStream out) throws IOException {
        var block = new byte[1_000_000];
        Arrays.fill(block, (byte) 'x');
        for (int times = 0; times < 101; times++) {
            out.write(block);
        }
    }

    private static byte[] joined(byte[]... parts) {
        int length = 0;
        for (var part : parts) {
            length += part.length;
        }
        var joined = new byte[length];
        int at = 0;
        for (var part : parts) {
            System.arraycopy(part, 0, joined, at, part.length);
            at += part.length;
        }
        return joined;
    }

    private void gzip(String name, byte[] content) throws IOException {
        try (var out = Files.newOutputStream(folder.resolve(name))) {
            Gzip.pack(out, packed -> packed.write(content));
        }
    }

    private void duckdb(String sql, String ending) throws Exception {
        try (var connection = DriverManager.getConnection("jdbc:duckdb:");
                var statement = connection.createStatement()) {
            statement.execute(sql.formatted(folder, ending));
        }
    }

    private SqlSource sql(String query) {
        return new SqlSource(new PathRule(folder, false), query, Reading.TEXT);
    }

    private static List<SourceRecord> records(RecordSource source) {
        var records = new ArrayList<SourceRecord>();
        try (var cursor = source.open()) {
            for (var item = cursor.next(); item != null; item = cursor.next()) {
                records.add((SourceRecord) item);
            }
        }
        return records;
    }
}
