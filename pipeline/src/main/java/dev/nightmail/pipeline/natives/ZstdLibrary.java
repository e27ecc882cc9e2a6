package dev.nightmail.pipeline.natives;

import com.github.luben.zstd.util.Native;
import com.github.luben.zstd.util.ZstdVersion;
import java.util.Locale;

/** Loads the library that packs with zstd, from the {@link NativeCache} if there is one. */
public final class ZstdLibrary {

    private static final String PATH = "ZstdNativePath";

    private ZstdLibrary() {}

    /**
     * To be called before anything is packed.
     *
     * @throws NativeLibraryException if the library cannot be unpacked or loaded
     */
    public static synchronized void prepare() {
        if (Native.isLoaded()) {
            return;
        }
        NativeCache.ofProcess().ifPresent(ZstdLibrary::useFrom);
        try {
            Native.load();
        } catch (UnsatisfiedLinkError | ExceptionInInitializerError e) {
            throw new NativeLibraryException(
                    "cannot load zstd's library (%s): set %s to a folder that has 2 MB of room and where programs may run (it is not mounted noexec), or pack with .gz"
                            .formatted(e.getMessage(), NativeCache.SETTING),
                    e);
        }
    }

    private static void useFrom(NativeCache cache) {
        var library = ZstdLibrary.class.getResource(resource());
        if (library == null || !library.getProtocol().equals("jar")) {
            // Then it is unpacked into the temporary folder.
            return;
        }
        var name = resource().substring(resource().lastIndexOf('/') + 1);
        System.setProperty(PATH, cache.file(library, name).toString());
    }

    /** As it is named inside its jar. */
    private static String resource() {
        var system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        var machine = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        var name = "libzstd-jni-" + ZstdVersion.VERSION;
        if (system.startsWith("windows")) {
            return "/win/%s/%s.dll".formatted(machine, name);
        }
        return system.startsWith("mac")
                ? "/darwin/%s/%s.dylib".formatted(machine, name)
                : "/linux/%s/%s.so".formatted(machine, name);
    }
}
