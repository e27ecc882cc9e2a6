package dev.nightmail.pipeline.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.pipeline.testing.PipelineFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
class RecordSourceTest {

    @TempDir Path folder;

    @BeforeEach
    void files() throws Exception {
        new PipelineFolder(folder)
                .file("a.csv", "id,text\n1,one\n2,\"two, quoted\"\n3,\n")
                .file(
                        "b.jsonl",
                        "{\"id\":\"x\",\"tags\":[\"p\",\"q\"],\"who\":{\"name\":\"Ann\"}}\n");
        try (var connection = DriverManager.getConnection("jdbc:duckdb:");
                var statement = connection.createStatement()) {
            statement.execute(
                    "copy (select 'p' || i as id, timestamp '2026-01-02 03:04:05' as at from range(3) t(i)) to '"
                            + folder.resolve("c.parquet")
                            + "'");
        }
    }

    @Test
    void csvJsonLinesAndParquetAreReadFromThePipelinesFolder() {
        assertThat(sql("from 'a.csv'")).extracting(SourceRecord::id).containsExactly("1", "2", "3");
        assertThat(sql("select * from read_csv(['a.csv'])").get(1).fields())
                .containsEntry("text", "two, quoted");
        assertThat(sql("select * from 'a.csv' where id = 3").getFirst().fields())
                .containsEntry("text", null);
        assertThat(sql("select * from '*.parquet' order by id desc"))
                .extracting(SourceRecord::id)
                .containsExactly("p2", "p1", "p0");
        assertThat(sql("select * from 'c.parquet'").getFirst().fields())
                .containsEntry("at", "2026-01-02T03:04:05");
        var nested = sql("select * from 'b.jsonl'").getFirst().fields();
        assertThat(nested.get("tags")).isEqualTo(List.of("p", "q"));
        assertThat(nested.get("who")).isEqualTo(Map.of("name", "Ann"));
        assertThat(
                        sql(
                                "with t as (select id::varchar as id from 'a.csv') select id from t union all select id from 'b.jsonl'"))
                .hasSize(4);
    }

    @Test
    void aQueryReadsNothingOutsideTheFolderAndWritesNothing() throws Exception {
        var outside = Files.createTempFile("outside", ".csv");
        try {
            Files.writeString(outside, "id\n1\n");
            assertThatThrownBy(() -> sql("from '" + outside + "'"))
                    .isInstanceOf(SourceException.class)
                    .hasMessageContaining("reads only files in the pipeline's own folder");
            assertThatThrownBy(() -> sql("from '../" + outside.getFileName() + "'"))
                    .isInstanceOf(SourceException.class);
            assertThatThrownBy(() -> sql("copy (select 1) to 'x.csv'"))
                    .hasMessage("source.sql: must be one SELECT");
            assertThatThrownBy(() -> sql("select 1 as id; select 2 as id"))
                    .hasMessageContaining("must be one SELECT, not 2");
            assertThatThrownBy(() -> sql("set enable_external_access = true"))
                    .isInstanceOf(SourceException.class);
            assertThat(folder.resolve("x.csv")).doesNotExist();
        } finally {
            Files.delete(outside);
        }
    }

    @Test
    void aRecordNeedsAnId() {
        assertThatThrownBy(() -> sql("select text from 'a.csv'"))
                .hasMessageContaining("has no column id (it has text)");
        assertThatThrownBy(() -> sql("select text as id from 'a.csv'"))
                .hasMessageContaining("row 3 has no id");
        assertThatThrownBy(() -> sql("select nothing as id from 'a.csv'"))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("nothing");
    }

    @Test
    void aFolderOfTextsGivesOneRecordAFileInOrderOfNames() throws Exception {
        Files.createDirectories(folder.resolve("docs/deep"));
        Files.createDirectories(folder.resolve("docs/.git"));
        new PipelineFolder(folder)
                .file("docs/b.txt", "\uFEFFsecond")
                .file("docs/a.txt", "first")
                .file("docs/deep/c.md", "third")
                .file("docs/.git/x", "no");

        assertThat(texts("docs"))
                .extracting(SourceRecord::id)
                .containsExactly("docs/a.txt", "docs/b.txt", "docs/deep/c.md");
        assertThat(texts("docs/*.txt").get(1).fields())
                .containsEntry("text", "second")
                .containsEntry("path", "docs/b.txt");
        assertThatThrownBy(() -> texts("none/*.txt"))
                .hasMessageContaining("no file matches none/*.txt");
        Files.write(folder.resolve("docs/bad.txt"), new byte[] {(byte) 0xFF, 'x'});
        assertThatThrownBy(() -> texts("docs/bad.txt")).hasMessageContaining("is not UTF-8 text");
    }

    private List<SourceRecord> sql(String query) {
        return all(new SqlSource(folder, query));
    }

    private List<SourceRecord> texts(String glob) {
        return all(new TextFilesSource(folder, glob));
    }

    private static List<SourceRecord> all(RecordSource source) {
        var records = new ArrayList<SourceRecord>();
        try (var cursor = source.open()) {
            for (var record = cursor.next(); record != null; record = cursor.next()) {
                records.add(record);
            }
        }
        return records;
    }
}
