package dev.nightmail.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLibrariesTest {

    @TempDir private Path folder;

    @Test
    void theSettingGoesBeforeAll() {
        assertThat(NativeLibraries.folder(Map.of("NIGHTMAIL_CACHE", "/x", "XDG_CACHE_HOME", "/y")))
                .contains(Path.of("/x"));
    }

    @Test
    void otherwiseItIsWhereTheSystemHasSuchThings() {
        assertThat(
                        NativeLibraries.folder(
                                Map.of("XDG_CACHE_HOME", folder.toString(), "HOME", "/h")))
                .contains(folder.resolve("nightmail"));
        assertThat(NativeLibraries.folder(Map.of("HOME", folder.toString())))
                .contains(folder.resolve(".cache/nightmail"));
    }

    @Test
    void withoutAFolderThatCanBeWrittenToThereIsNone() {
        assertThat(NativeLibraries.folder(Map.of())).isEmpty();
        assertThat(NativeLibraries.folder(Map.of("HOME", "/proc/1"))).isEmpty();
    }

    @Test
    void helpIsACommandToo() {
        assertThat(Main.withHelpAsOption("help")).containsExactly("--help");
        assertThat(Main.withHelpAsOption("help", "keys", "create"))
                .containsExactly("keys", "create", "--help");
        assertThat(Main.withHelpAsOption("serve")).containsExactly("serve");
        assertThat(Main.withHelpAsOption()).isEmpty();
    }
}
