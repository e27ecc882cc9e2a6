package dev.nightmail.app.process;

import dev.nightmail.app.Main;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/**
 * The class path of this test for the processes it forks, with an archive of the classes that a
 * server loads: with it one is up in half the time. Made at the first fork, by a server that is
 * started and told to end. The JVM archives classes from jars only, so folders are packed.
 */
final class WarmClasses {

    private static final WarmClasses ONCE = new WarmClasses();

    private final String classPath;
    private final Path archive;

    private WarmClasses() {
        try {
            var folder = Files.createTempDirectory("nightmail-classes");
            archive = folder.resolve("server.jsa");
            classPath = String.join(":", packed(folder));
            train(folder);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(folder)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** For a JVM that is to use them. If they do not fit it, it starts all the same. */
    static List<String> javaOptions() {
        return List.of("-XX:SharedArchiveFile=" + ONCE.archive, "-cp", ONCE.classPath);
    }

    private static List<String> packed(Path into) throws IOException {
        var jars = new ArrayList<String>();
        for (var entry : System.getProperty("java.class.path").split(":", -1)) {
            var path = Path.of(entry);
            if (Files.isDirectory(path)) {
                var jar = into.resolve(jars.size() + ".jar");
                pack(path, jar);
                jars.add(jar.toString());
            } else if (Files.exists(path)) {
                jars.add(entry);
            }
        }
        return jars;
    }

    private static void pack(Path folder, Path jar) throws IOException {
        try (var out = new JarOutputStream(Files.newOutputStream(jar));
                var files = Files.walk(folder)) {
            // Folders get entries, too: migrations are looked for by theirs.
            for (var file : (Iterable<Path>) files.skip(1)::iterator) {
                boolean isFolder = Files.isDirectory(file);
                out.putNextEntry(new ZipEntry(folder.relativize(file) + (isFolder ? "/" : "")));
                if (!isFolder) {
                    Files.copy(file, out);
                }
            }
        }
    }

    private void train(Path folder) throws IOException {
        var command = new ArrayList<>(ForkedNightmail.java());
        command.addAll(List.of("-XX:ArchiveClassesAtExit=" + archive, "-cp", classPath));
        command.addAll(List.of(Main.class.getName(), "serve", "--port", "0"));
        command.addAll(List.of("--data", folder.resolve("data").toString()));
        var process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try (var out = process.inputReader()) {
            if (out.readLine() == null) {
                throw new AssertionError("the server does not start");
            }
            process.toHandle().destroy();
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                throw new AssertionError("the server does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static void remove(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted((one, other) -> other.compareTo(one))
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
