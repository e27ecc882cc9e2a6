package dev.nightmail.pipeline.natives;

import static java.lang.classfile.ClassTransform.dropping;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.MethodModel;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.AccessFlag;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Properties;

/**
 * Connections to DuckDB in memory, whose library is loaded from the {@link NativeCache} if there is
 * one.
 *
 * <p>The driver knows one way only: while its class {@code DuckDBNative} is initialized it unpacks
 * 70 MB into the temporary folder, at every start. So that class is defined without its
 * initializer, before the driver does it, and the library is loaded here.
 */
public final class DuckDb {

    private static final String PACKAGE = "org/duckdb/";
    private static final String NATIVE = "DuckDBNative";

    private static boolean prepared;

    private DuckDb() {}

    /**
     * @throws NativeLibraryException if the library cannot be unpacked or loaded
     */
    public static Connection connect(Properties properties) throws SQLException {
        prepare();
        return DriverManager.getConnection("jdbc:duckdb:", properties);
    }

    /**
     * To be called before the first connection that others make.
     *
     * @throws NativeLibraryException if the library cannot be unpacked or loaded
     */
    public static synchronized void prepare() {
        if (!prepared) {
            NativeCache.ofProcess().ifPresent(DuckDb::loadFrom);
            prepared = true;
        }
    }

    private static void loadFrom(NativeCache cache) {
        var loader = DuckDb.class.getClassLoader();
        var library = loader.getResource(libraryName());
        if (library == null || !library.getProtocol().equals("jar") || !defineBareNative(loader)) {
            // Then the driver does it in its own way.
            return;
        }
        var file = cache.file(library, System.mapLibraryName("duckdb_java"));
        try {
            System.load(file.toString());
        } catch (UnsatisfiedLinkError e) {
            throw new NativeLibraryException(
                    "cannot load %s (%s): if its folder is mounted noexec, set %s to one where programs may run"
                            .formatted(file, e.getMessage(), NativeCache.SETTING),
                    e);
        }
    }

    /** As the driver names it inside its jar. */
    private static String libraryName() {
        var system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        var name =
                system.startsWith("windows")
                        ? "windows"
                        : system.startsWith("mac") ? "macos" : "linux";
        var machine = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        var arch =
                switch (machine) {
                    case "x86_64", "amd64" -> "amd64";
                    case "aarch64", "arm64" -> "arm64";
                    default -> machine;
                };
        return "libduckdb_java.so_" + name + "_" + arch;
    }

    /**
     * @return whether the class is there as it should be
     */
    private static boolean defineBareNative(ClassLoader loader) {
        try (var in = loader.getResourceAsStream(PACKAGE + NATIVE + ".class")) {
            if (in == null) {
                return false;
            }
            var format = ClassFile.of();
            var bare =
                    format.transformClass(
                            format.parse(in.readAllBytes()),
                            dropping(element ->
                                    element instanceof MethodModel method
                                            && method.flags().has(AccessFlag.STATIC)
                                            && method.methodName().equalsString("<clinit>")));
            var neighbor = Class.forName("org.duckdb.DuckDBStruct", false, loader);
            MethodHandles.privateLookupIn(neighbor, MethodHandles.lookup()).defineClass(bare);
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException("the DuckDB driver's jar cannot be read", e);
        } catch (ReflectiveOperationException | LinkageError e) {
            // Another form of the driver, or it was quicker.
            return false;
        }
    }
}
