package dev.nightmail.app;

import dev.nightmail.pipeline.natives.NativeCache;
import dev.nightmail.pipeline.natives.SqliteLibrary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where native libraries are kept between runs: what {@code NIGHTMAIL_CACHE} says, or {@code
 * nightmail} in the folder that the system has for such things.
 */
final class NativeLibraries {

    private NativeLibraries() {}

    /** To be called before anything of SQLite or DuckDB is. */
    static void prepare(Map<String, String> environment) {
        folder(environment)
                .ifPresent(folder -> System.setProperty(NativeCache.FOLDER, folder.toString()));
        SqliteLibrary.prepare();
    }

    /** Empty if there is no such folder that could be written to: drivers then do as they like. */
    static Optional<Path> folder(Map<String, String> environment) {
        return value(environment, NativeCache.SETTING)
                .or(() ->
                        value(environment, "XDG_CACHE_HOME")
                                .or(() -> value(environment, "HOME").map(home -> home + "/.cache"))
                                .filter(folder -> canBeWritten(Path.of(folder)))
                                .map(folder -> folder + "/nightmail"))
                .map(Path::of);
    }

    private static Optional<String> value(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }

    /** Whether it is a folder that can be written to, or can be made. */
    private static boolean canBeWritten(Path folder) {
        for (var at = folder.toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.exists(at)) {
                return Files.isDirectory(at) && Files.isWritable(at);
            }
        }
        return false;
    }
}
