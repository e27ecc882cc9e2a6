package dev.nightmail.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.app.command.Shutdown;
import dev.nightmail.catalog.Catalog;
import dev.nightmail.journal.DataFolderLock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class ServeCommandTest {

    private static final String SIMULATOR_LINE =
            "The built-in simulator answers every request. For real answers: --upstream claude, or"
                    + " the URL of a server of the Messages API.\n";

    @TempDir private Path folder;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private AppSession session;

    @BeforeEach
    void sitDown() {
        session = new AppSession(folder);
    }

    @AfterEach
    void leave() {
        threads.shutdownNow();
    }

    @Test
    void whenItIsReadyItSaysWhereOnOneLineAndWhoAnswersOnAnother() throws Exception {
        try (var server = new Serving()) {
            var url = session.awaitLine().substring("Nightmail is ready at ".length());

            assertThat(session.outLines()).hasSize(1);
            assertThat(session.err()).isEqualTo(SIMULATOR_LINE);
            assertThat(URI.create(url).getHost()).isEqualTo("127.0.0.1");
            assertThat(listens(URI.create(url))).isTrue();

            assertThat(server.askToEnd()).isZero();
            assertThat(server.exitCode()).isZero();
            assertThat(listens(URI.create(url))).isFalse();
        }
    }

    @Test
    void withAnUpstreamNothingIsSimulated() throws Exception {
        try (var server = new Serving("--upstream", "http://127.0.0.1:9")) {
            session.awaitLine();

            assertThat(server.askToEnd()).isZero();
            assertThat(session.err()).isEmpty();
        }
    }

    @Test
    void forProgramsReadyIsAnObject() throws Exception {
        try (var server = new Serving("--json")) {
            var ready = JsonMapper.shared().readTree(session.awaitLine());

            assertThat(listens(URI.create(ready.path("url").asString()))).isTrue();
            assertThat(ready.path("simulated").asBoolean()).isTrue();
            assertThat(server.askToEnd()).isZero();
        }
    }

    @Test
    void aStoppedServerGivesItsFolderBack() throws Exception {
        try (var server = new Serving()) {
            session.awaitLine();
            assertThat(server.askToEnd()).isZero();
        }

        DataFolderLock.acquire(data()).close();
    }

    @Test
    void aServerWhoseSchedulerFailedStopsItselfAndIsAFailureHoweverItEnds() throws Exception {
        var broken = new AtomicBoolean();
        session.with(
                (InstantSource)
                        () -> {
                            if (broken.get()
                                    && Thread.currentThread().getName().contains("scheduler")) {
                                throw new IllegalStateException("the clock broke");
                            }
                            return AppSession.START;
                        });
        try (var server = new Serving()) {
            session.awaitLine();
            broken.set(true);

            assertThat(server.exitCode()).isEqualTo(1);
            // The process ends by itself now, and asks as a signal would.
            assertThat(server.askToEnd()).isEqualTo(1);
        }
        DataFolderLock.acquire(data()).close();
    }

    @Test
    void listeningBeyondThisMachineNeedsAKey() throws Exception {
        assertThat(serve("--host", "0.0.0.0")).isEqualTo(1);
        assertThat(session.out()).isEmpty();
        assertThat(session.err())
                .isEqualTo(
                        "nightmail: listening on 0.0.0.0 would let anyone in, since no API key was"
                                + " made yet: make a new key with ./nightmail keys create --workspace default"
                                + " --name first --data "
                                + data()
                                + "\n");

        assertThat(keysCreate()).isZero();
        try (var server = new Serving("--host", "0.0.0.0")) {
            session.awaitLine();
            assertThat(server.askToEnd()).isZero();
        }
    }

    @Test
    void everyNameOfLoopbackNeedsNoKey() throws Exception {
        for (var host : new String[] {"localhost", "127.0.0.2"}) {
            try (var server = new Serving("--host", host)) {
                assertThat(session.awaitLine()).contains("http://" + host + ":");
                assertThat(server.askToEnd()).isZero();
            }
        }
    }

    @Test
    void aHostThatIsNotHereIsNamed() {
        assertThat(serve("--host", "no-such-host.invalid")).isEqualTo(1);
        assertThat(session.err())
                .startsWith("nightmail: listen.host: no-such-host.invalid is no address");
    }

    @Test
    void aPortThatIsTakenIsNamed() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var port = Integer.toString(taken.getLocalPort());

            assertThat(serve("--port", port)).isEqualTo(1);

            assertThat(session.err())
                    .contains("nightmail: cannot listen on 127.0.0.1 port " + port)
                    .contains("--port 0 takes any free one");
            assertThat(session.out()).isEmpty();
        }
        DataFolderLock.acquire(data()).close();
    }

    @Test
    void aFolderInUseIsNamed() {
        try (var _ = DataFolderLock.acquire(data())) {
            assertThat(serve()).isEqualTo(1);
        }

        assertThat(session.err())
                .startsWith("nightmail: data folder " + data() + " is in use by process ");
        assertThat(session.err().lines()).hasSize(1);
    }

    @Test
    void everythingWrongWithTheConfigurationIsToldALineEach() {
        var config = session.file("nightmail.yaml", "limits: { window: soon }\nbogus: 1\n");

        assertThat(serve("--config", config.toString(), "--port", "x")).isEqualTo(2);

        assertThat(session.err().lines())
                .containsExactly(
                        "nightmail: listen.port: must be a whole number from 0 to 65535, not x",
                        "nightmail: "
                                + config
                                + ": line 1: limits.window: must be a length of time from 1ms to"
                                + " 366d, such as 90s, 15m, 1h or 2d, not soon",
                        "nightmail: "
                                + config
                                + ": line 2: bogus: is not a key here; allowed: upstream, data,"
                                + " upstreams, routes, weights, listen, limits, retries");
        assertThat(data()).doesNotExist();
    }

    @Test
    void aCatalogThatWasLostWithItsKeysStopsTheStart() throws Exception {
        assertThat(keysCreate()).isZero();
        Files.delete(data().resolve("catalog.db"));

        assertThat(serve()).isEqualTo(1);

        assertThat(session.err())
                .contains("catalog.db is missing, and with it the API keys")
                .contains(
                        "put it back from a backup, or make a new key with ./nightmail keys create");
        assertThat(data().resolve("catalog.db")).doesNotExist();
        assertThat(keysCreate()).isZero();
        try (var server = new Serving()) {
            session.awaitLine();
            assertThat(server.askToEnd()).isZero();
        }
    }

    @Test
    void aCatalogThatWasEmptiedStopsTheStartToo() throws Exception {
        assertThat(keysCreate()).isZero();
        Files.delete(data().resolve("catalog.db"));
        Catalog.open(data().resolve("catalog.db")).close();

        assertThat(serve()).isEqualTo(1);

        assertThat(session.err()).contains("catalog.db has no API key, though keys were made");
    }

    @Test
    void aBatchThatWasCreatedWithAKeyRemembersItThoughNothingElseDoes() throws Exception {
        assertThat(keysCreate()).isZero();
        var key = session.out().strip();
        try (var server = new Serving()) {
            var url = session.awaitLine().substring("Nightmail is ready at ".length());
            create(url, key);
            assertThat(server.askToEnd()).isZero();
        }
        Files.delete(data().resolve("catalog.db"));
        Files.delete(data().resolve("keys-made"));

        assertThat(serve()).isEqualTo(1);

        assertThat(session.err()).contains("a batch was created with key_");
    }

    @Test
    void aServerThatFindsKeysRemembersThem() throws Exception {
        assertThat(keysCreate()).isZero();
        Files.delete(data().resolve("keys-made"));

        try (var server = new Serving()) {
            session.awaitLine();
            assertThat(server.askToEnd()).isZero();
        }

        assertThat(data().resolve("keys-made")).exists();
    }

    @Test
    void aServerWhoseLockIsTakenAwayStopsByItself() throws Exception {
        try (var server = new Serving()) {
            var url = session.awaitLine().substring("Nightmail is ready at ".length());
            assertThat(status(url + "/readyz")).isEqualTo(200);

            Files.delete(data().resolve("lock"));

            assertThat(server.exitCode()).isEqualTo(1);
            assertThat(listens(URI.create(url))).isFalse();
        }
    }

    @Test
    void aSecondServerOnAFolderWithoutItsLockWaitsUntilTheFirstHasGone() throws Exception {
        try (var first = new Serving()) {
            session.awaitLine();
            Files.delete(data().resolve("lock"));
            session = new AppSession(folder);
            try (var second = new Serving()) {
                session.awaitLine();

                assertThat(first.exitCode()).isEqualTo(1);
                assertThat(second.askToEnd()).isZero();
            }
        }
    }

    @Test
    void aServerWhoseFolderIsMovedAwayStopsByItself() throws Exception {
        try (var server = new Serving()) {
            session.awaitLine();

            Files.move(data(), folder.resolve("elsewhere"));

            assertThat(server.exitCode()).isEqualTo(1);
        }
    }

    @Test
    void aServerWhoseBatchesAreAwayIsNotReady() throws Exception {
        try (var server = new Serving()) {
            var url = session.awaitLine().substring("Nightmail is ready at ".length());
            Files.move(data().resolve("batches"), folder.resolve("away"));
            await(() -> status(url + "/readyz") == 503);
            assertThat(status(url + "/healthz")).isEqualTo(200);

            Files.move(folder.resolve("away"), data().resolve("batches"));
            await(() -> status(url + "/readyz") == 200);
            assertThat(server.askToEnd()).isZero();
        }
    }

    @Test
    void everythingItMakesIsForItsOwnerOnly() throws Exception {
        assertThat(keysCreate()).isZero();
        var key = session.out().strip();
        try (var server = new Serving()) {
            create(session.awaitLine().substring("Nightmail is ready at ".length()), key);

            try (var paths = Files.walk(data())) {
                for (var path : paths.toList()) {
                    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                            .as(path.toString())
                            .endsWith("------");
                }
            }
            assertThat(server.askToEnd()).isZero();
        }
    }

    @Test
    void theUrlItSaysHasThePathPrefix() throws Exception {
        try (var server = new Serving("--set", "listen.path-prefix=/claude")) {
            var url = session.awaitLine().substring("Nightmail is ready at ".length());

            assertThat(url).endsWith("/claude");
            assertThat(status(url + "/readyz")).isEqualTo(200);
            assertThat(server.askToEnd()).isZero();
        }
    }

    private static void create(String url, String key) throws Exception {
        var call =
                HttpRequest.newBuilder(URI.create(url + "/v1/messages/batches"))
                        .header("x-api-key", key)
                        .header("anthropic-version", "2023-06-01")
                        .POST(
                                BodyPublishers.ofString(
                                        """
                                        {"requests":[{"custom_id":"a","params":{"model":"claude-haiku-4-5","max_tokens":9,"messages":[{"role":"user","content":"hi"}]}}]}
                                        """))
                        .build();
        try (var client = HttpClient.newHttpClient()) {
            assertThat(client.send(call, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
        }
    }

    private static int status(String url) throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(URI.create(url)).build(),
                            BodyHandlers.discarding())
                    .statusCode();
        }
    }

    private static void await(java.util.concurrent.Callable<Boolean> condition) {
        org.awaitility.Awaitility.await().atMost(AppSession.PATIENCE).until(condition);
    }

    private int keysCreate() {
        return session.run(
                "keys", "create", "--workspace", "w", "--name", "n", "--data", data().toString());
    }

    private Path data() {
        return folder.resolve("data");
    }

    private int serve(String... more) {
        return session.run(serving(more));
    }

    private String[] serving(String... more) {
        var arguments = new ArrayList<>(List.of("serve", "--data", data().toString()));
        arguments.addAll(List.of(more));
        if (!arguments.contains("--port")) {
            arguments.addAll(List.of("--port", "0"));
        }
        return arguments.toArray(String[]::new);
    }

    private static boolean listens(URI url) {
        try (var _ = new Socket(url.getHost(), url.getPort())) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** A server in the foreground of another thread, until it is asked to end. */
    private final class Serving implements AutoCloseable {

        private final SynchronousQueue<IntSupplier> stops = new SynchronousQueue<>();
        private final Future<Integer> command;

        Serving(String... more) {
            Shutdown shutdown = stop -> threads.execute(() -> offer(stop));
            command = threads.submit(() -> session.run(shutdown, serving(more)));
        }

        private void offer(IntSupplier stop) {
            try {
                stops.put(stop);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /** As a signal does; gives the exit code of the process. */
        int askToEnd() throws Exception {
            return stops.poll(AppSession.PATIENCE.toSeconds(), TimeUnit.SECONDS).getAsInt();
        }

        int exitCode() throws Exception {
            return command.get(AppSession.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }

        /** Stops it if nobody did. */
        @Override
        public void close() {
            var stop = stops.poll();
            if (stop != null) {
                var _ = stop.getAsInt();
            }
        }
    }
}
