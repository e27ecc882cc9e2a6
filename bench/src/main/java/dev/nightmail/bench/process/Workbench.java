package dev.nightmail.bench.process;

import dev.nightmail.bench.measure.BenchmarkFailure;
import dev.nightmail.bench.upstream.Manner;
import dev.nightmail.bench.upstream.UpstreamMain;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A folder on a real disk and the processes that work in it. When it is closed all of them are
 * ended and the folder is gone, also when a benchmark failed or was interrupted.
 */
public final class Workbench implements AutoCloseable {

    /** Calls in flight at the upstream, of the server and of the bare loop beside it. */
    public static final int IN_FLIGHT = 256;

    private static final Duration START_PATIENCE = Duration.ofMinutes(2);
    private static final Set<String> MEMORY_DISKS = Set.of("tmpfs", "ramfs");

    private final Path home;
    private final Path folder;
    private final Deque<Child> children = new ArrayDeque<>();
    private final Thread whenInterrupted = new Thread(this::end, "clear the workbench");
    private int servers;

    private Workbench(Path home, Path folder) {
        this.home = home;
        this.folder = folder;
    }

    /**
     * @param home the folder of the project
     * @param parent takes the folder of this run
     * @throws BenchmarkFailure if that is a disk in memory: durability would cost nothing there
     */
    public static Workbench open(Path home, Path parent) throws IOException {
        Files.createDirectories(parent);
        var type = Files.getFileStore(parent).type();
        if (MEMORY_DISKS.contains(type)) {
            throw new BenchmarkFailure(
                    "%s is a %s, which is memory: name a folder on a disk with --work"
                            .formatted(parent, type));
        }
        var workbench = new Workbench(home, Files.createTempDirectory(parent, "bench-"));
        Runtime.getRuntime().addShutdownHook(workbench.whenInterrupted);
        return workbench;
    }

    public Path folder() {
        return folder;
    }

    /** A place for the data of a server. */
    public Path dataFolder() {
        return folder.resolve("data-" + ++servers);
    }

    /** Where our own local upstream listens, in a process of its own. */
    public URI startUpstream() throws IOException, InterruptedException {
        var child = startJava("upstream", UpstreamMain.class, List.of("-Xmx128m"));
        return URI.create(child.awaitLine("ready at ", START_PATIENCE));
    }

    /**
     * The real server, with {@link #IN_FLIGHT} calls in flight at the upstream.
     *
     * @param heapMax as the virtual machine takes it, such as {@code 256m}
     */
    public Server startServer(Path data, String heapMax, URI upstream, Manner manner)
            throws IOException, InterruptedException {
        return startServer(data, heapMax, upstream, manner, IN_FLIGHT);
    }

    /**
     * The real server: {@code ./nightmail serve}, from its start to its ready line.
     *
     * @param heapMax as the virtual machine takes it, such as {@code 256m}
     * @param inFlight calls at the upstream at once
     */
    public Server startServer(Path data, String heapMax, URI upstream, Manner manner, int inFlight)
            throws IOException, InterruptedException {
        return serve(
                heapMax,
                List.of(
                        "--data",
                        data.toString(),
                        "--upstream",
                        upstream + manner.path(),
                        "--set",
                        "upstreams.upstream.calls-in-flight-max=" + inFlight));
    }

    /** The real server with a configuration of its own. */
    public Server startServer(Path data, String heapMax, Path configuration)
            throws IOException, InterruptedException {
        return serve(
                heapMax, List.of("--data", data.toString(), "--config", configuration.toString()));
    }

    private Server serve(String heapMax, List<String> arguments)
            throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(nightmail(), "serve", "--port", "0"));
        command.addAll(arguments);
        long start = System.nanoTime();
        var child =
                keep(
                        Child.start(
                                "nightmail",
                                command,
                                Map.of("NIGHTMAIL_JAVA_OPTS", "-Xmx" + heapMax),
                                folder));
        var url = child.awaitLine("Nightmail is ready at ", START_PATIENCE);
        return new Server(child, URI.create(url), Duration.ofNanos(System.nanoTime() - start));
    }

    /** An API key of this workspace for whoever serves this data from now on. */
    public String createKey(Path data, String workspace) throws IOException, InterruptedException {
        var command =
                List.of(
                        nightmail(),
                        "keys",
                        "create",
                        "--data",
                        data.toString(),
                        "--workspace",
                        workspace,
                        "--name",
                        "bench");
        var child = keep(Child.start("nightmail-keys", command, Map.of(), folder));
        return child.awaitLine("", START_PATIENCE);
    }

    private String nightmail() {
        return home.resolve("nightmail").toString();
    }

    /** A program of the benchmarks in a process of its own, on the same kind of virtual machine. */
    public Child startJava(String name, Class<?> main, List<String> options, String... arguments)
            throws IOException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:+UseSerialGC");
        command.add("-XX:+ExitOnOutOfMemoryError");
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return keep(Child.start(name, command, Map.of(), folder));
    }

    /** Any other program. */
    public Child start(String name, List<String> command) throws IOException {
        return start(name, command, Map.of());
    }

    /** Any other program, with these variables in its environment. */
    public Child start(String name, List<String> command, Map<String, String> environment)
            throws IOException {
        return keep(Child.start(name, command, environment, folder));
    }

    /** The folder of the project. */
    public Path home() {
        return home;
    }

    private Child keep(Child child) {
        synchronized (children) {
            children.push(child);
        }
        return child;
    }

    /** Makes room, before the benchmark is over. */
    public void remove(Path tree) {
        delete(tree, _ -> true);
    }

    /** Ends all processes and empties the folder, for the next benchmark. */
    public void clear() {
        List<Child> ending;
        synchronized (children) {
            ending = List.copyOf(children);
            children.clear();
        }
        ending.forEach(Child::close);
        delete(folder, path -> !path.equals(folder));
    }

    @Override
    public void close() {
        end();
        try {
            Runtime.getRuntime().removeShutdownHook(whenInterrupted);
        } catch (IllegalStateException _) {
            // It is running already.
        }
    }

    private void end() {
        clear();
        delete(folder, _ -> true);
    }

    private static void delete(Path tree, Predicate<Path> chosen) {
        try (Stream<Path> paths = Files.walk(tree)) {
            for (var path : paths.filter(chosen).sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + tree, e);
        }
    }
}
