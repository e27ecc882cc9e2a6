package dev.nightmail.pipeline.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.pipeline.definition.DefinitionException;
import dev.nightmail.pipeline.paths.PathRule;
import dev.nightmail.pipeline.streams.Gzip;
import dev.nightmail.pipeline.testing.FakeBatches;
import dev.nightmail.pipeline.testing.PipelineFolder;
import dev.nightmail.pipeline.testing.S3Server;
import dev.nightmail.pipeline.testing.TestWorld;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Objects in S3 that a query names keep the contract of all sources. */
@SuppressWarnings("NullAway.Init")
class S3SourceTest extends SourceContract {

    private static S3Server server;

    @TempDir Path folder;

    /** Each test has objects of its own. */
    private final String run = UUID.randomUUID().toString();

    @BeforeAll
    static void start() throws Exception {
        server = new S3Server();
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @Override
    protected RecordSource source(List<String> ids) throws Exception {
        for (var id : ids) {
            grown(id);
        }
        return sql("select * from '%s/*.csv' order by id");
    }

    @Override
    protected RecordSource grown(String id) throws Exception {
        put(id + ".csv", "id,text\n" + id + ",text of " + id + "\n");
        return sql("select * from '%s/*.csv' order by id");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "from '%s/in/a.csv' | a",
                "from '%s/in/*.csv' | a b",
                "from '%s/in/?.csv' | a b",
                "from '%s/in/[b-z].csv' | b",
                "from '%s/**/*.csv' | a b c",
                "from read_csv('%s/in/**') | a b c",
                "from read_csv(['%s/in/b.csv', '%s/in/de*/c.csv']) | b c",
                "from '%s/in/a.csv' union all by name from read_csv('here.csv') | a here",
                "select a.id from '%s/in/a.csv' where a.id = 'a' | a",
                "select x.id from '%s/in/a.csv' x join '%s/in/*.csv' y on x.id = y.id | a"
            })
    void aNameOrAPatternStandsForItsObjects(String query, String ids) throws Exception {
        put("in/a.csv", "id\na\n");
        put("in/b.csv", "id\nb\n");
        put("in/deep/c.csv", "id\nc\n");
        put("in-other/d.txt", "id\nd\n");
        Files.writeString(folder.resolve("here.csv"), "id\nhere\n");

        assertThat(ids(query)).containsExactlyInAnyOrder(ids.split(" "));
        assertThat(folder.resolve(".nightmail")).doesNotExist();
    }

    @Test
    void whatIsReadFromFilesIsReadFromObjects() throws Exception {
        var packed = new ByteArrayOutputStream();
        Gzip.pack(packed, out -> out.write("id\npacked\n".getBytes(StandardCharsets.UTF_8)));
        put("a.csv.gz", packed.toByteArray());
        put("b.jsonl", "{\"id\":\"line\"}\n".getBytes(StandardCharsets.UTF_8));
        try (var connection = DriverManager.getConnection("jdbc:duckdb:");
                var statement = connection.createStatement()) {
            statement.execute("copy (select 'column' as id) to '%s/c.parquet'".formatted(folder));
            statement.execute("copy (select 'zst' as id) to '%s/d.csv.zst'".formatted(folder));
        }
        for (var name : List.of("c.parquet", "d.csv.zst")) {
            put(name, Files.readAllBytes(folder.resolve(name)));
        }

        assertThat(ids("from '%s/a.csv.gz'")).containsExactly("packed");
        assertThat(ids("from read_json('%s/b.jsonl')")).containsExactly("line");
        assertThat(ids("select c.id from '%s/c.parquet'")).containsExactly("column");
        assertThat(ids("from read_parquet('%s/*.parquet')")).containsExactly("column");
        assertThat(ids("from '%s/*.csv.zst'")).containsExactly("zst");
    }

    @Test
    void anObjectIsCalledByItsNameInRecordsToo() throws Exception {
        put("one.txt", "first");

        try (var cursor = sql("select filename as id, content from read_text('%s/*.txt')").open()) {
            assertThat(((SourceRecord) Objects.requireNonNull(cursor.next())).fields())
                    .containsEntry("id", place("one.txt"))
                    .containsEntry("content", "first");
        }
    }

    @Test
    void copiesAreHereWhileTheyAreReadAndForEachReadingOnce() throws Exception {
        put("a.csv", "id\na\n");
        var work = folder.resolve(".nightmail/source.work");
        var source = sql("from '%s/a.csv'");
        try (var first = source.open()) {
            try (var second = source.open()) {
                ObjectCopies.clear(work);

                assertThat(work.resolve("1/bucket/" + run + "/a.csv")).exists();
                assertThat(work.resolve("2/bucket/" + run + "/a.csv")).exists();
                assertThat(second.next()).isNotNull();
            }
            assertThat(work.resolve("2")).doesNotExist();
            assertThat(first.next()).isNotNull();
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void whatAKilledReadingLeftIsRemoved() throws Exception {
        var work = folder.resolve(".nightmail/source.work");
        for (int number = 1; number <= 2; number++) {
            Files.createDirectories(work.resolve(number + "/bucket"));
            Files.writeString(work.resolve(number + "/bucket/old.csv"), "id\nold\n");
            Files.writeString(work.resolve(number + ".lock"), "");
        }
        put("a.csv", "id\na\n");

        assertThat(ids("from '%s/a.csv'")).containsExactly("a");
        assertThat(work.resolve("1")).doesNotExist();

        ObjectCopies.clear(work);
        assertThat(folder).isEmptyDirectory();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "from '%s/none.csv' | there is no object %s/none.csv in the bucket",
                "from '%s/*.json' | no object matches %s/*.json: * stays within a folder",
                "from 's3://no-such-bucket/a.csv' | cannot list s3://no-such-bucket/a.csv (HTTP 404, NoSuchBucket): there is no bucket no-such-bucket",
                "from 's3://Bucket/a.csv' | must look like s3://bucket/key",
                "from '%s/../a.csv' | has \".\", \"..\" or nothing between two slashes",
                "from '%s/[a.csv' | is not a pattern: a [ stays open",
                "from '%s/bad.csv' union all by name from '**/*.csv' | also matches the copies of s3:// objects",
                "select id, n::int as n from '%s/bad.csv' | column n holds what is no",
                "from read_csv('%s/bad.csv', columns = {id: 'VARCHAR', n: 'INT'}) | %s/bad.csv, line 3: column n holds what is no",
                "select n from '%s/bad.csv' | the result has no column id (it has n)",
                "from read_parquet('%s/bad.csv') | %s/bad.csv"
            })
    void whatIsWrongIsSaidInTheNamesOfTheQuery(String query, String words) throws Exception {
        put("bad.csv", "id,n\n1,1\n2,x\n");

        assertThatThrownBy(() -> ids(query))
                .isInstanceOf(SourceException.class)
                .hasMessageStartingWith("source.sql: ")
                .hasMessageContaining(words.replace("%s", place("").replaceFirst("/$", "")))
                .hasMessageNotContaining("source.work");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void whoIsRefusedIsToldOfRightsAndNoSecret() throws Exception {
        put("a.csv", "id\na\n");
        server.refuse();
        try {
            for (var read :
                    List.<ThrowingCallable>of(
                            () -> ids("from '%s/a.csv'"),
                            () -> sql("from '%s/a.csv'").fingerprint())) {
                assertThatThrownBy(read)
                        .isInstanceOf(SourceException.class)
                        .hasMessageStartingWith(
                                "source.sql: cannot list %s (HTTP 403, SignatureDoesNotMatch)"
                                        .formatted(place("a.csv")))
                        .hasMessageContaining("s3:ListBucket")
                        .hasMessageNotContaining("an0ther");
            }
        } finally {
            server.accept();
        }
    }

    @Test
    void aFingerprintIsTakenWithoutADownload() throws Exception {
        put("in/a.csv", "id\na\n");
        put("other.csv", "id\nx\n");
        var source = sql("from '%s/in/*.csv'");
        var before = server.downloads();

        var first = source.fingerprint();
        put("other.csv", "id\ny\n");
        assertThat(source.fingerprint()).isNotNull().isEqualTo(first);

        put("in/b.csv", "id\nb\n");
        var second = source.fingerprint();
        assertThat(second).isNotEqualTo(first);
        put("in/b.csv", "id\nlonger\n");
        assertThat(source.fingerprint()).isNotEqualTo(second);
        assertThat(server.downloads()).isEqualTo(before);
    }

    @Test
    void aPipelineReadsWhatChangedAndDownloadsNothingElse() throws Exception {
        put("in/a.csv", "key,text\na,one\n");
        put("in/b.csv", "key,text\nb,two\n");
        var pipeline = pipeline();
        var leftover = folder.resolve(".nightmail/pipeline.source.work/1/bucket/old.csv");
        try (var batches = new FakeBatches()) {
            pipeline.run(batches, new TestWorld(1));
            var downloads = server.downloads();

            Files.createDirectories(leftover.resolveSibling(""));
            Files.writeString(leftover, "what a killed run left");
            pipeline.run(batches, new TestWorld(2));

            assertThat(server.downloads()).isEqualTo(downloads);
            assertThat(leftover).doesNotExist();

            put("in/b.csv", "key,text\nb,changed\n");
            pipeline.run(batches, new TestWorld(3));

            assertThat(server.downloads()).isEqualTo(downloads + 2);
            assertThat(batches.requestsAccepted()).isEqualTo(3);
            assertThat(pipeline.answeredIds()).containsExactly("a", "b");
            assertThat(folder.resolve(".nightmail/pipeline.source.work")).doesNotExist();
        }
    }

    @Test
    void anObjectThatTheSourceWouldReadIsNotWritten() throws Exception {
        var pipeline =
                pipeline().replacing("results.jsonl", "\"%s\"".formatted(place("in/results.csv")));
        var before = server.downloads();

        try (var batches = new FakeBatches()) {
            assertThatThrownBy(() -> pipeline.run(batches, new TestWorld(1)))
                    .isInstanceOf(DefinitionException.class)
                    .hasMessageContaining(
                            "sink.file: %s is read by the source ('%s'), and would be replaced"
                                    .formatted(place("in/results.csv"), place("in/*.csv")));
        }
        assertThat(server.downloads()).isEqualTo(before);
    }

    private PipelineFolder pipeline() throws Exception {
        return PipelineFolder.withRecords(folder, 0).replacing("records.csv", place("in/*.csv"));
    }

    private String place(String name) {
        return "s3://bucket/" + run + "/" + name;
    }

    private void put(String name, String content) throws Exception {
        put(name, content.getBytes(StandardCharsets.UTF_8));
    }

    private void put(String name, byte[] content) throws Exception {
        server.put(run + "/" + name, content);
    }

    private SqlSource sql(String query) {
        return new SqlSource(
                new PathRule(folder, false),
                query.replace("%s", "s3://bucket/" + run),
                Reading.TEXT);
    }

    private List<String> ids(String query) {
        var ids = new ArrayList<String>();
        try (var cursor = sql(query).open()) {
            for (var item = cursor.next(); item != null; item = cursor.next()) {
                ids.add(((SourceRecord) item).id());
            }
        }
        return ids;
    }
}
