package dev.nightmail.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code nightmail} in a clone of its own, with a Java and a Maven that only tell. */
class LauncherTest {

    private static final String BUILDING = "nightmail: building";
    private static final String WARMING_UP = "nightmail: preparing a fast start";
    private static final Instant LONG_AGO = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir private Path folder;

    private Path home;
    private Path java;
    private String options = "";

    @BeforeEach
    void cloneAndInstall() throws IOException {
        home = Files.createDirectories(folder.resolve("night mail"));
        Files.copy(Path.of("..", "nightmail"), home.resolve("nightmail"));
        write("pom.xml", "");
        write("core/pom.xml", "");
        write("core/src/main/java/A.java", "");
        write("core/src/main/java/B.java", "");
        program(
                folder.resolve("bin/mvn"),
                "mkdir -p app/target/lib && echo jar >app/target/nightmail.jar"
                        + " && echo jar >app/target/lib/core.jar");
        java = jdk("jdk", "25.0.1", "");
    }

    @Test
    void theFirstStartBuildsAndWarmsUpAndTheNextDoesNeither() throws Exception {
        var first = launch("--version");

        assertThat(first.err()).anyMatch(line -> line.startsWith(BUILDING));
        assertThat(first.err()).anyMatch(line -> line.startsWith(WARMING_UP));
        assertThat(first.out())
                .contains("-XX:AOTCache=" + home.resolve("app/target/nightmail.aot"))
                .endsWith("-jar", home.resolve("app/target/nightmail.jar").toString(), "--version");

        var second = launch("--version");

        assertThat(second.err()).isEmpty();
        assertThat(second.out()).isEqualTo(first.out());
    }

    @Test
    void aSourceThatWasChangedOrTakenAwayIsNoticed() throws Exception {
        launch();

        write("core/src/main/java/A.java", "changed");
        makeOlder(home.resolve("app/target/nightmail.built"));
        assertThat(launch().err()).anyMatch(line -> line.startsWith(BUILDING));

        makeOlderAll();
        assertThat(launch().err()).noneMatch(line -> line.startsWith(BUILDING));
        Files.delete(home.resolve("core/src/main/java/B.java"));
        assertThat(launch().err()).anyMatch(line -> line.startsWith(BUILDING));
    }

    @Test
    void jarsThatSomebodyElseBuiltAreWarmedUpAgain() throws Exception {
        launch();
        makeOlder(home.resolve("app/target/nightmail.aot.release"));

        var err = launch().err();

        assertThat(err).singleElement().asString().startsWith(WARMING_UP);
    }

    @Test
    void anotherJavaKeepsWhatItNeedsForItself() throws Exception {
        launch();
        java = jdk("other", "25.0.2", "");

        var serve = launch("serve", "--port", "0");

        assertThat(serve.err()).isEmpty();
        assertThat(serve.out())
                .contains(
                        "-XX:+AutoCreateSharedArchive",
                        "-XX:SharedArchiveFile=" + home.resolve("app/target/nightmail-serve.jsa"))
                .noneMatch(argument -> argument.startsWith("-XX:AOTCache"))
                .endsWith("serve", "--port", "0");
    }

    @Test
    void aWarmUpThatFailsIsNoErrorAndIsNotRepeated() throws Exception {
        java = jdk("cannot", "25.0.1", "case \"$*\" in *AOTCacheOutput*) exit 1 ;; esac");

        var first = launch("usage");

        assertThat(first.exitCode()).isZero();
        assertThat(first.out()).contains("-XX:+AutoCreateSharedArchive").endsWith("usage");
        assertThat(launch("usage").err()).isEmpty();
    }

    @Test
    void theWarmUpIsTheLaunchersOwnBusiness() throws Exception {
        java = jdk("watched", "25.0.1", "env >\"" + folder.resolve("environment-") + "$#\"");

        launch("--version", "and", "more", "of", "them");

        var environments = new ArrayList<String>();
        try (var files = Files.newDirectoryStream(folder, "environment-*")) {
            for (var file : files) {
                environments.add(Files.readString(file));
            }
        }
        assertThat(environments).hasSize(2);
        assertThat(environments).filteredOn(seen -> seen.contains("ANTHROPIC_API_KEY")).hasSize(1);
    }

    @Test
    void optionsForJavaComeLastAndArgumentsArriveAsTheyAre() throws Exception {
        options = "-Xmx512m -XX:+UseZGC";

        var out = launch("run", "a file.yaml", "", "$HOME").out();

        int jar = out.indexOf("-jar");
        assertThat(out.subList(jar - 2, jar)).containsExactly("-Xmx512m", "-XX:+UseZGC");
        assertThat(out.subList(jar + 2, out.size()))
                .containsExactly("run", "a file.yaml", "", "$HOME");
    }

    @Test
    void aBuildThatFailsIsAFailureThatShowsItsErrors() throws Exception {
        program(folder.resolve("bin/mvn"), "echo '[ERROR] A.java: broken'; exit 1");

        var launched = launch("--version");

        assertThat(launched.exitCode()).isEqualTo(1);
        assertThat(launched.out()).isEmpty();
        assertThat(launched.err())
                .contains("[ERROR] A.java: broken")
                .last()
                .asString()
                .startsWith("nightmail: could not be built; the whole log is in ");
    }

    @Test
    void ofTwoThatStartAtOnceOneBuildsAndTheOtherWaits() throws Exception {
        assumeThat(Path.of("/usr/bin/flock")).exists();
        var waits = "nightmail: another command is building";
        program(
                folder.resolve("bin/mvn"),
                """
                looks=0
                until grep -q '%s' '%s' || [ $looks -ge 300 ]; do
                    looks=$((looks + 1))
                    sleep 0.1
                done
                mkdir -p app/target/lib
                echo jar >app/target/nightmail.jar
                echo jar >app/target/lib/core.jar
                """
                        .formatted(waits, folder.resolve("err")));
        var script =
                "sh '%1$s' one & sh '%1$s' two && wait $!".formatted(home.resolve("nightmail"));

        var launched = launched(List.of("sh", "-c", script));

        assertThat(launched.exitCode()).isZero();
        assertThat(launched.out()).contains("one", "two");
        assertThat(launched.err())
                .satisfiesOnlyOnce(line -> assertThat(line).startsWith(BUILDING))
                .satisfiesOnlyOnce(line -> assertThat(line).startsWith(waits))
                .satisfiesOnlyOnce(line -> assertThat(line).startsWith(WARMING_UP))
                .hasSize(3);
    }

    private record Launched(int exitCode, List<String> out, List<String> err) {}

    @Test
    void inputThatIsClosedIsEmptyAndNotTheFirstFileThatJavaOpens() throws Exception {
        var script = "exec sh '%s' --version <&-".formatted(home.resolve("nightmail").toString());
        java = jdk("told", "25.0.1", "readlink /proc/$$/fd/0 >&2");

        assertThat(launched(List.of("sh", "-c", script)).err()).contains("/dev/null");
    }

    private Launched launch(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("sh", home.resolve("nightmail").toString()));
        command.addAll(List.of(arguments));
        return launched(command);
    }

    private Launched launched(List<String> command) throws IOException, InterruptedException {
        var out = folder.resolve("out").toFile();
        var err = folder.resolve("err").toFile();
        var builder = new ProcessBuilder(command).redirectOutput(out).redirectError(err);
        builder.environment().clear();
        builder.environment().put("PATH", folder.resolve("bin") + ":/usr/bin:/bin");
        builder.environment().put("HOME", folder.toString());
        builder.environment().put("NIGHTMAIL_JAVA_HOME", java.toString());
        builder.environment().put("NIGHTMAIL_JAVA_OPTS", options);
        builder.environment().put("ANTHROPIC_API_KEY", "not-for-a-warm-up");
        var process = builder.start();
        try {
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Launched(
                process.exitValue(),
                Files.readAllLines(out.toPath()),
                Files.readAllLines(err.toPath()));
    }

    /** A Java that prints its arguments, a line each, and makes the caches it is told to make. */
    private Path jdk(String name, String version, String first) throws IOException {
        var jdk = folder.resolve(name);
        program(jdk.resolve("bin/javac"), "");
        program(
                jdk.resolve("bin/java"),
                first
                        + """

                        for argument; do
                            printf '%s\\n' "$argument"
                            case $argument in
                            -XX:AOTCacheOutput=*) : >"${argument#*=}" ;;
                            esac
                        done
                        """);
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
        return jdk;
    }

    private static void program(Path file, String script) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + script + "\n", StandardCharsets.UTF_8);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void write(String name, String text) throws IOException {
        var file = home.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private static void makeOlder(Path file) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(LONG_AGO));
    }

    /** As if everything had been there for long, the build a little less. */
    private void makeOlderAll() throws IOException {
        try (var files = Files.walk(home)) {
            for (var file : files.toList()) {
                makeOlder(file);
            }
        }
        for (var made : List.of("nightmail.built", "nightmail.aot", "nightmail.aot.release")) {
            Files.setLastModifiedTime(
                    home.resolve("app/target").resolve(made),
                    FileTime.from(LONG_AGO.plusSeconds(1)));
        }
    }
}
