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
    void aMisspelledCommandOrOptionIsToldWhatWasMeant() {
        var session = new AppSession(folder);

        assertThat(session.run("server")).isEqualTo(2);
        assertThat(session.err()).contains("there is no command server: did you mean serve?");
        assertThat(session.run("run", "p.yaml", "--dryrun")).isEqualTo(2);
        assertThat(session.err()).contains("no option --dryrun: did you mean --dry-run?");
        assertThat(session.run("serve", "--prot=1")).isEqualTo(2);
        assertThat(session.err()).contains("no option --prot=1: did you mean --port?");
        assertThat(session.run("serve", "--telemetry")).isEqualTo(2);
        assertThat(session.err()).doesNotContain("did you mean");
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
