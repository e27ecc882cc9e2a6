package dev.nightmail.bench.peers;

import dev.nightmail.bench.measure.BenchmarkFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What {@code bench/peers/install} has installed: an environment of Python for each, in a folder of
 * its own.
 *
 * @param environments the folder of these folders
 * @param scripts where our part of each lies: {@code bench/peers}
 */
record Installed(Path environments, Path scripts) {

    static Installed find(Path home) {
        var folder = System.getenv("NIGHTMAIL_PEERS");
        if (folder == null) {
            throw new BenchmarkFailure(
                    "the peers have to be installed first: run bench/peers/run, which does that");
        }
        return new Installed(Path.of(folder).toAbsolutePath(), home.resolve("bench/peers"));
    }

    /** Whether it could be installed. */
    boolean has(String environment) {
        return Files.exists(environments.resolve(environment).resolve("installed.txt"));
    }

    String program(String environment, String name) {
        return environments.resolve(environment).resolve("bin").resolve(name).toString();
    }

    String script(String name) {
        return scripts.resolve(name).toString();
    }

    /** As it is pinned. */
    String version(String environment, String distribution) throws IOException {
        try (var lines =
                Files.lines(scripts.resolve("requirements-%s.txt".formatted(environment)))) {
            return lines.filter(line -> line.startsWith(distribution + "=="))
                    .map(line -> line.substring(distribution.length() + 2))
                    .findFirst()
                    .orElse("");
        }
    }
}
