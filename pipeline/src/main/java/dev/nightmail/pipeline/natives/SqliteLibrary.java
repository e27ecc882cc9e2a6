package dev.nightmail.pipeline.natives;

import java.util.Optional;
import org.sqlite.NativeLibraryNotFoundException;
import org.sqlite.util.OSInfo;

/** Has SQLite's driver load its library from the {@link NativeCache} of the process. */
public final class SqliteLibrary {

    private SqliteLibrary() {}

    /**
     * To be called before the first connection. Where the cache cannot be used, the driver unpacks
     * its library as it always did: it takes a megabyte.
     */
    public static void prepare() {
        NativeCache.ofProcess().ifPresent(SqliteLibrary::useFrom);
    }

    /**
     * What to do if that is why something failed, in words; empty if it failed for another reason.
     */
    public static Optional<String> problem(Throwable failure) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof NativeLibraryException) {
                // That is another library's, and says itself what to do.
                return Optional.empty();
            }
            if (cause instanceof NativeLibraryNotFoundException
                    || cause instanceof UnsatisfiedLinkError) {
                var folders =
                        NativeCache.ofProcess()
                                .map(cache -> cache.folder() + " nor from ")
                                .orElse("");
                return Optional.of(
                        "cannot load SQLite's library, neither from %s%s: set %s to a folder that has 2 MB of room and where programs may run (it is not mounted noexec)"
                                .formatted(
                                        folders,
                                        System.getProperty("java.io.tmpdir"),
                                        NativeCache.SETTING));
            }
        }
        return Optional.empty();
    }

    private static void useFrom(NativeCache cache) {
        var name = System.mapLibraryName("sqlitejdbc");
        var library =
                SqliteLibrary.class.getResource(
                        "/org/sqlite/native/%s/%s"
                                .formatted(OSInfo.getNativeLibFolderPathForCurrentOS(), name));
        if (library == null || !library.getProtocol().equals("jar")) {
            return;
        }
        try {
            var file = cache.file(library, name);
            System.setProperty("org.sqlite.lib.path", String.valueOf(file.getParent()));
            System.setProperty("org.sqlite.lib.name", name);
        } catch (NativeLibraryException e) {
            // Told by whoever needs it, should the other way fail as well.
        }
    }
}
