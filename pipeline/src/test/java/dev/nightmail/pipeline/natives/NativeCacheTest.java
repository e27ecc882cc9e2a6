package dev.nightmail.pipeline.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeCacheTest {

    private static final String CONTENT = "the library's bytes";

    @TempDir private Path folder;
    private NativeCache cache;
    private URL library;

    @BeforeEach
    void makeAJar() throws IOException {
        cache = new NativeCache(folder.resolve("cache"));
        library = jar("driver-1.2.3.jar", CONTENT);
    }

    private URL jar(String name, String content) throws IOException {
        var jar = folder.resolve(name);
        try (var zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            zip.putNextEntry(new ZipEntry("lib.so"));
            zip.write(content.getBytes(StandardCharsets.US_ASCII));
        }
        return URI.create("jar:" + jar.toUri() + "!/lib.so").toURL();
    }

    @Test
    void aLibraryIsUnpackedOnceUnderItsVersionForItsOwnerOnly() throws IOException {
        var file = cache.file(library, "lib.so");
        var key = Files.readAttributes(file, "unix:ino").get("ino");

        assertThat(file).hasContent(CONTENT);
        assertThat(file).isEqualTo(folder.resolve("cache/native/driver-1.2.3/lib.so"));
        assertThat(cache.file(library, "lib.so")).isEqualTo(file);
        assertThat(Files.readAttributes(file, "unix:ino").get("ino")).isEqualTo(key);
        for (var made :
                List.of("", "native", "native/driver-1.2.3", "native/driver-1.2.3/lib.so")) {
            var permissions = Files.getPosixFilePermissions(cache.folder().resolve(made));
            assertThat(PosixFilePermissions.toString(permissions)).isEqualTo("rwx------");
        }
    }

    @Test
    void oneThatIsDamagedOrCutShortIsUnpackedAgain() throws IOException {
        var file = cache.file(library, "lib.so");
        for (var damaged : new String[] {CONTENT.replace('b', 'd'), "", CONTENT + "more"}) {
            Files.writeString(file, damaged);

            assertThat(cache.file(library, "lib.so")).hasContent(CONTENT);
        }
    }

    @Test
    void aLinkInItsPlaceIsReplacedAndNotFollowed() throws IOException {
        var file = cache.file(library, "lib.so");
        var foreign = Files.writeString(folder.resolve("foreign"), CONTENT);
        Files.delete(file);
        Files.createSymbolicLink(file, foreign);

        cache.file(library, "lib.so");

        assertThat(Files.isSymbolicLink(file)).isFalse();
        assertThat(foreign).hasContent(CONTENT);
    }

    @Test
    void whatAKilledProcessLeftIsRemoved() throws IOException {
        var file = cache.file(library, "lib.so");
        var parent = ProcessHandle.current().parent().orElseThrow().pid();
        var gone = Files.writeString(file.resolveSibling("lib.so.999999999.part"), "half");
        var living = Files.writeString(file.resolveSibling("lib.so." + parent + ".part"), "half");

        cache.file(library, "lib.so");

        assertThat(gone).doesNotExist();
        assertThat(living).exists();
    }

    @Test
    void anotherVersionHasAFolderOfItsOwn() throws IOException {
        cache.file(library, "lib.so");

        assertThat(cache.file(jar("driver-1.2.4.jar", "newer"), "lib.so")).hasContent("newer");
        assertThat(folder.resolve("cache/native/driver-1.2.3/lib.so")).hasContent(CONTENT);
    }

    @Test
    void aFolderThatCannotBeUsedIsNamedWithTheSetting() throws IOException {
        var file = Files.writeString(folder.resolve("no-folder"), "");

        assertThatThrownBy(() -> new NativeCache(file).file(library, "lib.so"))
                .isInstanceOf(NativeLibraryException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("NIGHTMAIL_CACHE");
    }

    @Test
    void whatIsWrongWithSqliteIsNotConfusedWithAnotherLibrary() {
        var unlinked = new UnsatisfiedLinkError("failed to map segment");

        assertThat(SqliteLibrary.problem(new IllegalStateException(unlinked)).orElseThrow())
                .contains("SQLite", "NIGHTMAIL_CACHE");
        assertThat(SqliteLibrary.problem(new NativeLibraryException("DuckDB", unlinked))).isEmpty();
        assertThat(SqliteLibrary.problem(new IllegalStateException("other"))).isEmpty();
    }
}
