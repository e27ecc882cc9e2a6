package dev.nightmail.pipeline.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.nightmail.pipeline.database.DatabaseSinkProvider.DatabaseTable;
import dev.nightmail.pipeline.sink.Sink;
import dev.nightmail.pipeline.sink.SinkException;
import dev.nightmail.pipeline.source.SourceException;
import dev.nightmail.pipeline.source.SourceRecord;
import dev.nightmail.pipeline.source.UnusableRecord;
import dev.nightmail.pipeline.testing.GrowingAnswers;
import dev.nightmail.pipeline.testing.RecordingSinkContext;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** A real server, which every test has a database of its own in. */
@SuppressWarnings("NullAway.Init")
class PostgresqlTest extends DatabaseContract {

    private static final String PASSWORD = "s3cr3t-p@ss/w0rd";

    private static EmbeddedPostgres postgres;
    private static final AtomicInteger DATABASES = new AtomicInteger();

    @BeforeAll
    static void start() throws Exception {
        postgres = EmbeddedPostgres.builder().start();
        try (var connection = postgres.getPostgresDatabase().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("create role app login superuser password '" + PASSWORD + "'");
        }
    }

    @AfterAll
    static void stop() throws Exception {
        postgres.close();
    }

    @Override
    TestDatabase create() throws Exception {
        var name = "test" + DATABASES.incrementAndGet();
        try (var connection = postgres.getPostgresDatabase().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("create database " + name);
        }
        return new TestDatabase() {
            @Override
            public String url() {
                return urlAt(postgres.getPort(), name);
            }

            @Override
            public Connection connect() throws SQLException {
                return DriverManager.getConnection(postgres.getJdbcUrl("postgres", name));
            }

            @Override
            public String timeType() {
                return "timestamptz";
            }
        };
    }

    private static String urlAt(int port, String name) {
        return "postgres://app:s3cr3t-p%40ss/w0rd@127.0.0.1:" + port + "/" + name;
    }

    @Test
    void aValueIsShownAsTheSqlSourceShowsIt() throws Exception {
        database.execute(
                "create table kinds (id bigint, price numeric(20,10), share real, at timestamptz, local timestamp, day date, doc jsonb, list json, flag boolean, nothing text, uid uuid, mood text)",
                "insert into kinds values (9007199254740993, 1.10, 0.1, '2026-01-02 03:04:05.25+02', '2026-03-29 02:30:00', '2026-01-02', '{\"a\": 1.10}', '\"text\"', true, null, '00000000-0000-0000-0000-000000000001', 'größe')");

        var fields = all(source("select * from kinds", null)).getFirst().fields();

        assertThat(fields)
                .containsEntry("id", 9007199254740993L)
                .containsEntry("price", "1.1000000000")
                .containsEntry("share", "0.1")
                .containsEntry("at", "2026-01-02T01:04:05.250Z")
                .containsEntry("local", "2026-03-29T02:30")
                .containsEntry("day", "2026-01-02")
                .containsEntry("list", "text")
                .containsEntry("flag", true)
                .containsEntry("nothing", null)
                .containsEntry("uid", "00000000-0000-0000-0000-000000000001")
                .containsEntry("mood", "größe");
        assertThat(String.valueOf(fields.get("doc"))).isEqualTo("{\"a\":1.10}");
    }

    @Test
    void whatHasNoTextIsRefusedWithWords() {
        assertThatThrownBy(() -> all(source("select 1 as id, '\\x00'::bytea as scan", null)))
                .isInstanceOf(SourceException.class)
                .hasMessage(
                        "source.database.sql: column scan holds bytes: cast it to text in the query");
        assertThatThrownBy(() -> all(source("select 1 as id, array[1] as list", null)))
                .hasMessageContaining("to_json");
        assertThat(items(source("select 1 as id, 'infinity'::timestamptz as at", null)))
                .as("of this row alone")
                .containsExactly(
                        new UnusableRecord(
                                "1",
                                "column at holds an infinite date: leave such rows out, or cast it to text"));
    }

    @Test
    void severalStatementsAreNoQuery() {
        assertThatThrownBy(() -> source("select id from ticket; select 1 as id", null).open())
                .hasMessageContaining("must be one SELECT");
    }

    @Test
    void aResultLargerThanMemoryIsStreamed() throws Exception {
        // 1.2 GB of text: more than the memory of a test, if the driver read it all.
        var source =
                source(
                        "select i as id, repeat('x', 20000) as text from generate_series(1, 60000) t(i)",
                        null);
        long characters = 0;
        try (var cursor = source.open()) {
            for (var item = cursor.next(); item != null; item = cursor.next()) {
                var record = (SourceRecord) item;
                characters += String.valueOf(record.fields().get("text")).length();
            }
        }

        assertThat(characters).isEqualTo(1_200_000_000L);
    }

    @Test
    void aCommitWhoseAnswerIsLostIsNotRepeated() throws Exception {
        countWrites();
        try (var proxy = new CuttingProxy(postgres.getPort())) {
            var context = context();
            try (var sink = sink(proxy.port(), context)) {
                var answers = answers(2_500);
                sink.check(answers);
                proxy.cutAfterCommit();

                var rows = sink.complete(answers);

                assertThat(proxy.cuts()).isEqualTo(1);
                assertThat(rows)
                        .as("those of the lost answer are not known to be")
                        .isBetween(1_500L, 2_500L);
            }
        }
        assertThat(
                        database.rows("select count(*), count(distinct id), max(times) from writes")
                                .getFirst())
                .containsExactly("2500", "2500", "1");
    }

    @Test
    void aConnectionThatBrokeIsTakenUpAgain() throws Exception {
        countWrites();
        var context = context();
        try (var sink = sink(postgres.getPort(), context)) {
            var answers = answers(10);
            sink.check(answers);
            sink.deliver(answers);
            breakConnections();
            answers.add("late", "{\"label\": \"x\"}");

            assertThat(sink.deliver(answers)).isEqualTo(1);
        }
        assertThat(context.pauses()).as("nobody waited").isEmpty();
        assertThat(database.rows("select max(times) from writes").getFirst()).containsExactly("1");
    }

    @Test
    void aConnectionThatBrokeIsTakenUpAgainToLookForEmptiedRowsToo() throws Exception {
        var context = context();
        try (var sink = sink(postgres.getPort(), context)) {
            var answers = answers(3);
            sink.check(answers);
            sink.deliver(answers);
            database.execute("delete from answers where id = 'r0'");
            answers.giveAgain("r0", "r1");
            breakConnections();

            assertThat(sink.complete(answers)).isEqualTo(1);
        }
        assertThat(context.pauses()).as("nobody waited").isEmpty();
        assertThat(database.rows("select count(*) from answers").getFirst()).containsExactly("3");
    }

    @Test
    void aServerThatIsAwayIsWaitedForButNotForever() throws Exception {
        try (var proxy = new CuttingProxy(postgres.getPort())) {
            var context = context();
            try (var sink = sink(proxy.port(), context)) {
                var answers = answers(10);
                sink.check(answers);
                proxy.refuse(true);
                assertThatThrownBy(() -> sink.deliver(answers))
                        .as("while the run goes on nobody waits")
                        .isInstanceOf(SinkException.class);
                assertThat(context.pauses()).isEmpty();
                context.whilePausing(() -> proxy.refuse(context.pauses().size() < 3));

                assertThat(sink.complete(answers)).isEqualTo(10);

                assertThat(context.pauses()).hasSize(3).isSorted();
                context.pauses().clear();
                answers.add("late", "{\"label\": \"x\"}");
                proxy.refuse(true);
                context.whilePausing(() -> {});
                assertThatThrownBy(() -> sink.complete(answers))
                        .isInstanceOf(SinkException.class)
                        .hasMessageContaining("No answer is lost");
                assertThat(context.pauses().size()).isBetween(5, 20);
            }
        }
    }

    @Test
    void anAnswerThatDoesNotFitIsNamedAndNotShown() throws Exception {
        database.execute("create table answers (id text primary key, label varchar(5))");
        var answers = new GrowingAnswers();
        answers.add("short", "{\"label\": \"ok\"}");
        answers.add("long", "{\"label\": \"a secret of the customer\"}");
        try (var sink = sink(postgres.getPort(), context())) {
            sink.check(answers);

            var failure = catchThrowable(() -> sink.complete(answers));

            assertThat(failure)
                    .isInstanceOf(SinkException.class)
                    .hasMessageContaining("the answer of record long")
                    .hasMessageContaining("22001");
            assertThat(trace(failure)).doesNotContain("secret");
        }
        database.execute("alter table answers alter column label type text");
        try (var sink = sink(postgres.getPort(), context())) {
            sink.check(answers);
            sink.complete(answers);
        }
        assertThat(database.map("select id, label from answers")).hasSize(2);
    }

    @Test
    void columnsOfEveryTypeTakeAnswersAndANulIsNoReasonToFail() throws Exception {
        database.execute(
                "create table answers (id text primary key, label text, score numeric, parts jsonb, day date, other text default 'mine')");
        var schema =
                """
                {"properties": {"label": {"type": "string"}, "score": {"type": "integer"}, "parts": {"type": "object"}, "day": {"type": "string"}}}
                """;
        var context = new RecordingSinkContext(JsonMapper.shared().readTree(schema));
        var answers = new GrowingAnswers();
        answers.add(
                "a",
                "{\"label\": \"n\\u0000l\", \"score\": 123456789012345678901234567890, \"parts\": {\"x\": \"\\u0000\", \"y\": \"\\\\u0000\"}, \"day\": \"2026-01-02\"}");
        try (var sink = sink(postgres.getPort(), context)) {
            sink.check(answers);
            sink.complete(answers);
        }

        assertThat(
                        database.rows("select label, score, parts->>'y', day, other from answers")
                                .getFirst())
                .containsExactly(
                        "n\uFFFDl",
                        "123456789012345678901234567890",
                        "\\u0000",
                        "2026-01-02",
                        "mine");
    }

    @Test
    void thePasswordIsNowhere() throws Exception {
        pipeline("cursor: updated_at", "");
        run();
        try (var files = Files.walk(folder)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                        .as("%s", file)
                        .doesNotContain("s3cr3t");
            }
        }
        assertThat(definition().toString()).doesNotContain("s3cr3t");
        assertThat(events.toString()).doesNotContain("s3cr3t");
        database.execute("alter role app password 'another'");
        try {
            var refused =
                    catchThrowable(() ->
                            new DatabaseSource(
                                            DatabaseUrl.parse(urlAt(1, "x"), folder),
                                            "select 1",
                                            null)
                                    .open());
            assertThat(trace(refused)).doesNotContain("s3cr3t").contains("127.0.0.1:1/x");
        } finally {
            database.execute("alter role app password '" + PASSWORD + "'");
        }
    }

    private Sink sink(int port, RecordingSinkContext context) {
        var name = database.url().substring(database.url().lastIndexOf('/') + 1);
        return new DatabaseTable(
                        DatabaseUrl.parse(urlAt(port, name), folder),
                        "answers",
                        "id",
                        DatabaseSinkProvider.Mode.UPSERT,
                        folder.resolve("sample.jsonl"))
                .open(context);
    }

    private static RecordingSinkContext context() {
        return new RecordingSinkContext(
                JsonMapper.shared()
                        .readTree("{\"properties\": {\"label\": {\"type\": \"string\"}}}"));
    }

    private static GrowingAnswers answers(int count) {
        var answers = new GrowingAnswers();
        for (int number = 0; number < count; number++) {
            answers.add("r" + number, "{\"label\": \"x\"}");
        }
        return answers;
    }

    /** A row that is written twice, even with the same content, is seen. */
    private void countWrites() throws SQLException {
        database.execute(
                "create table answers (id text primary key, label text)",
                "create table writes (id text primary key, times int)",
                """
                create function counted() returns trigger language plpgsql as $$
                begin
                  insert into writes values (new.id, 1) on conflict (id) do update set times = writes.times + 1;
                  return new;
                end $$
                """,
                "create trigger counting after insert or update on answers for each row execute function counted()");
    }

    private void breakConnections() throws SQLException {
        database.rows(
                "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'app'");
    }

    private static String trace(Throwable failure) {
        var text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    @Test
    void urlsAreReadAsPeopleHaveThem() {
        for (var url :
                Map.of(
                                "postgresql://u:p%20w@h/d?sslmode=require",
                                "jdbc:postgresql://h/d?sslmode=require",
                                "postgresql+psycopg2://u:p w@h:99/d",
                                "jdbc:postgresql://h:99/d",
                                "postgres:///d",
                                "jdbc:postgresql://localhost/d",
                                "jdbc:postgresql://h/d?user=u&password=p w&ssl=true",
                                "jdbc:postgresql://h/d?ssl=true",
                                "mysql://u@h/d",
                                "jdbc:mysql://h/d",
                                "mariadb://u:p@h:3307/d",
                                "jdbc:mariadb://h:3307/d",
                                "sqlite:a/b.db",
                                "jdbc:sqlite:" + folder.resolve("a/b.db"),
                                "sqlite:///a/b.db",
                                "jdbc:sqlite:" + folder.resolve("a/b.db"),
                                "sqlite:////tmp/b.db",
                                "jdbc:sqlite:/tmp/b.db")
                        .entrySet()) {
            var parsed = DatabaseUrl.parse(url.getKey(), folder);
            assertThat(parsed.jdbc()).as(url.getKey()).isEqualTo(url.getValue());
        }
        var thin = DatabaseUrl.parse("jdbc:oracle:thin:me/s3cr3t@h:1521/d", folder);
        assertThat(thin.jdbc()).isEqualTo("jdbc:oracle:thin:@h:1521/d");
        assertThat(thin.toString()).doesNotContain("s3cr3t");
        var account = DatabaseUrl.parse("postgres://me:a%2Bb+c@h/d", folder).account();
        assertThat(account).containsEntry("user", "me").containsEntry("password", "a+b+c");
        for (var wrong : new String[] {"tickets", "oracle://u:s3cr3t@h/d", "sqlite:", "://x"}) {
            assertThatThrownBy(() -> DatabaseUrl.parse(wrong, folder))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageNotContaining("s3cr3t");
        }
    }
}
