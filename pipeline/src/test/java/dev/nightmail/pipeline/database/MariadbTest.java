package dev.nightmail.pipeline.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real server, where there is one on this machine and its driver is in the folder that the system
 * property {@code nightmail.drivers-folder} names: its licence keeps it out of this build.
 */
@SuppressWarnings("NullAway.Init")
class MariadbTest extends DatabaseContract {

    private static final AtomicInteger DATABASES = new AtomicInteger();

    @TempDir static Path home;
    private static Process server;
    private static int port;

    /** What it would take to run these tests; empty if it is there. */
    private static String missing = "";

    @BeforeAll
    static void start() throws Exception {
        var program = program("mariadbd");
        if (program == null) {
            missing = "there is no mariadbd on this machine";
            return;
        }
        if (System.getProperty(Drivers.FOLDER) == null) {
            missing = "the property " + Drivers.FOLDER + " names no folder with a driver";
            return;
        }
        var data = home.resolve("data");
        var user = System.getProperty("user.name");
        var made =
                new ProcessBuilder(
                                String.valueOf(program("mariadb-install-db")),
                                "--no-defaults",
                                "--basedir=" + program.resolve("../..").normalize(),
                                "--datadir=" + data,
                                "--user=" + user,
                                "--auth-root-authentication-method=normal",
                                "--skip-test-db")
                        .redirectErrorStream(true)
                        .redirectOutput(home.resolve("install.log").toFile())
                        .start();
        assertThat(made.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(made.exitValue()).as(Files.readString(home.resolve("install.log"))).isZero();
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        server =
                new ProcessBuilder(
                                program.toString(),
                                "--no-defaults",
                                "--basedir=" + program.resolve("../..").normalize(),
                                "--datadir=" + data,
                                "--user=" + user,
                                "--bind-address=127.0.0.1",
                                "--port=" + port,
                                "--socket=" + home.resolve("s"),
                                "--pid-file=" + home.resolve("pid"))
                        .redirectErrorStream(true)
                        .start();
        var log = server.inputReader();
        var line = log.readLine();
        while (line != null && !line.contains("ready for connections")) {
            line = log.readLine();
        }
        assertThat(line).as("it has started").isNotNull();
        Thread.ofVirtual().start(() -> log.lines().forEach(_ -> {}));
    }

    @AfterAll
    static void stop() throws Exception {
        if (server != null) {
            server.destroy();
            if (!server.waitFor(1, TimeUnit.MINUTES)) {
                server.destroyForcibly().waitFor();
            }
        }
    }

    private static @Nullable Path program(String name) {
        return Stream.concat(
                        Stream.of(System.getenv("PATH").split(":")),
                        Stream.of("/usr/sbin", "/usr/bin"))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    @Override
    TestDatabase create() throws Exception {
        assumeTrue(missing.isEmpty(), missing);
        var name = "test" + DATABASES.incrementAndGet();
        try (var connection = connect("mysql");
                var statement = connection.createStatement()) {
            statement.execute("create database " + name);
        }
        return new TestDatabase() {
            @Override
            public String url() {
                return "mariadb://root@127.0.0.1:" + port + "/" + name;
            }

            @Override
            public Connection connect() throws SQLException {
                return MariadbTest.this.connect(name);
            }

            @Override
            public String timeType() {
                return "datetime(6)";
            }
        };
    }

    private Connection connect(String name) throws SQLException {
        return Drivers.connect(
                DatabaseUrl.parse("mysql://root@127.0.0.1:" + port + "/" + name, folder),
                new Properties());
    }

    @Test
    void aValueIsShownAsTheSqlSourceShowsIt() throws Exception {
        database.execute(
                "create table kinds (id bigint, large bigint unsigned, price decimal(20,10), share double, at timestamp(3) null, local datetime, day date, flag boolean, none text, mood text)",
                "set time_zone = '+02:00'",
                "insert into kinds values (9007199254740993, 18446744073709551615, 1.10, 0.1, '2026-01-02 03:04:05.25', '2026-03-29 02:30:00', '2026-01-02', true, null, 'größe')");

        var fields = all(source("select * from kinds", null)).getFirst().fields();

        assertThat(fields)
                .containsEntry("id", 9007199254740993L)
                .containsEntry("large", "18446744073709551615")
                .containsEntry("price", "1.1000000000")
                .containsEntry("share", "0.1")
                .containsEntry("at", "2026-01-02T01:04:05.250Z")
                .containsEntry("local", "2026-03-29T02:30")
                .containsEntry("day", "2026-01-02")
                .containsEntry("none", null)
                .containsEntry("mood", "größe");
        assertThatThrownBy(() -> all(source("select 1 as id, x'00ff' as scan", null)))
                .hasMessageContaining("column scan holds bytes");
    }

    @Test
    void idsThatDifferInCapitalsOrBlanksAreDifferent() throws Exception {
        database.execute(
                "delete from ticket",
                "alter table ticket modify id varchar(20) collate utf8mb4_nopad_bin");
        database.execute(
                "insert into ticket values ('a', 'x', null), ('A', 'x', null), ('a ', 'x', null)");
        pipeline("", "");

        assertThat(run().done()).isEqualTo(3);

        assertThat(database.rows("select id from ticket_label")).hasSize(3);
    }
}
