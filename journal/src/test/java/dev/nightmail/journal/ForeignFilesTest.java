package dev.nightmail.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.core.batch.BatchEvent.BatchEnded;
import dev.nightmail.core.batch.BatchEvent.ResultsSettled;
import dev.nightmail.core.journal.JournalException;
import dev.nightmail.core.journal.MissingFilesException;
import dev.nightmail.core.result.RequestCounts;
import dev.nightmail.journal.disk.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Links, other people's files, and files that somebody has taken away. */
class ForeignFilesTest {

    @TempDir private Path folder;
    private Path data;
    private Path foreign;

    @BeforeEach
    void makeSomethingForeign() throws IOException {
        data = folder.resolve("data");
        foreign = Files.createDirectory(folder.resolve("foreign"));
        Files.writeString(foreign.resolve("thesis.txt"), "years of work");
        Files.writeString(foreign.resolve("results.jsonl"), "not ours\n");
    }

    @Test
    void ofABatchFolderThatIsALinkOnlyTheLinkIsDeleted() throws IOException {
        var journal = FileJournal.open(data);
        Samples.create(journal, Samples.ID, 1);
        replaceByLink(batch());

        journal.delete(Samples.ID);

        assertThat(batch()).doesNotExist();
        assertThat(Files.isSymbolicLink(batch())).isFalse();
        assertForeignIsUntouched();
    }

    @Test
    void aStartRemovesALinkThatLiesAmongWhatIsTakenIn() throws IOException {
        FileJournal.open(data);
        Files.createSymbolicLink(data.resolve("incoming/msgbatch_x"), foreign);

        FileJournal.open(data);

        assertThat(data.resolve("incoming")).isEmptyDirectory();
        assertForeignIsUntouched();
    }

    @Test
    void aLinkInsideAFolderThatIsRemovedIsNotFollowedEither() throws IOException {
        FileJournal.open(data);
        Files.createDirectory(data.resolve("incoming/msgbatch_x"));
        Files.createSymbolicLink(data.resolve("incoming/msgbatch_x/deeper"), foreign);

        FileJournal.open(data);

        assertThat(data.resolve("incoming")).isEmptyDirectory();
        assertForeignIsUntouched();
    }

    @Test
    void anIncomingFolderThatIsALinkIsNotEmptied() throws IOException {
        FileJournal.open(data);
        replaceByLink(data.resolve("incoming"));

        FileJournal.open(data);

        assertThat(Files.isSymbolicLink(data.resolve("incoming"))).isFalse();
        assertThat(data.resolve("incoming")).isEmptyDirectory();
        assertForeignIsUntouched();
    }

    @Test
    void aBatchesFolderThatIsALinkStopsTheStart() throws IOException {
        FileJournal.open(data);
        replaceByLink(data.resolve("batches"));

        assertThatThrownBy(() -> FileJournal.open(data))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("batches is a link");
    }

    @Test
    void aBatchBehindALinkIsNeitherReadNorWritten() throws IOException {
        var journal = FileJournal.open(data);
        Samples.create(journal, Samples.ID, 1);
        var known = journal.find(Samples.ID).orElseThrow();
        replaceByLink(batch());

        assertIsLink(() -> journal.find(Samples.ID));
        assertIsLink(() -> journal.open(Samples.ID));
        assertIsLink(() -> journal.results(Samples.ID));
        assertIsLink(() -> journal.record(known));
        assertIsLink(() -> journal.archive(Samples.ID));
        var report = JournalCheckup.of(data).examine(Samples.ID, Optional.empty());
        assertThat(report.findings()).hasSize(1);
        assertThat(report.findings().getFirst().problem()).contains("is a link");
        JournalCheckup.of(data).repair(Samples.ID, Optional.empty());
        assertForeignIsUntouched();
    }

    @Test
    void aResultFileThatIsALinkIsNotCutShort() throws IOException {
        var journal = FileJournal.open(data);
        Samples.create(journal, Samples.ID, 1);
        Files.delete(batch().resolve("results.jsonl"));
        Files.createSymbolicLink(
                batch().resolve("results.jsonl"), foreign.resolve("results.jsonl"));

        assertIsLink(() -> journal.open(Samples.ID));

        assertForeignIsUntouched();
    }

    @Test
    void aLockFileThatIsALinkIsNotWrittenTo() throws IOException {
        FileJournal.open(data);
        Files.createSymbolicLink(data.resolve("lock"), foreign.resolve("thesis.txt"));

        assertIsLink(() -> DataFolderLock.acquire(data));

        assertForeignIsUntouched();
    }

    @Test
    void everythingIsForItsOwnerOnly() throws IOException {
        try (var _ = DataFolderLock.acquire(data)) {
            var journal = FileJournal.open(data);
            Samples.create(journal, Samples.ID, 1);
            journal.record(journal.find(Samples.ID).orElseThrow());
        }
        try (var paths = Files.walk(data)) {
            for (var path : paths.toList()) {
                assertThat(PrivateFiles.mode(path))
                        .as(path.toString())
                        .isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------");
                assertThat(PrivateFiles.isOpenToOthers(path)).isFalse();
            }
        }
    }

    @Test
    void aFolderThatOthersMayLookIntoIsKnownAsSuch() throws IOException {
        for (var mode : List.of("rwxr-x---", "rwx-----x", "rwx---r--")) {
            Files.setPosixFilePermissions(foreign, PosixFilePermissions.fromString(mode));
            assertThat(PrivateFiles.isOpenToOthers(foreign)).isTrue();
        }
    }

    @Test
    void resultsThatWereTakenAwayAreDamageAndNotTheEndOfTheBatch() throws IOException {
        var journal = FileJournal.open(data);
        Samples.create(journal, Samples.ID, 1);
        journal.record(
                journal.find(Samples.ID)
                        .orElseThrow()
                        .after(new ResultsSettled(new RequestCounts(0, 1, 0, 0, 0)))
                        .after(new BatchEnded(Samples.CREATED.plusSeconds(2))));
        Files.delete(batch().resolve("results.jsonl"));

        assertThatThrownBy(() -> journal.results(Samples.ID))
                .isInstanceOf(MissingFilesException.class)
                .hasMessageContaining("results.jsonl");
    }

    @Test
    void aBatchWhoseResultsWereTakenAwayIsNotBegunAnew() throws IOException {
        var journal = FileJournal.open(data);
        Samples.create(journal, Samples.ID, 1);
        Files.delete(batch().resolve("results.jsonl"));

        assertThatThrownBy(() -> journal.open(Samples.ID)).isInstanceOf(JournalException.class);

        assertThat(batch().resolve("results.jsonl")).doesNotExist();
    }

    @Test
    void aResultIsNotTakenForStoredWhenItsFileWasTakenAway() throws IOException {
        for (var file : List.of("results.jsonl", "results.index")) {
            var journal = FileJournal.open(folder.resolve("data-" + file));
            Samples.create(journal, Samples.ID, 2);
            try (var open = journal.open(Samples.ID)) {
                open.results().append(List.of(Samples.result(0)));
                var path = folder.resolve("data-" + file + "/batches/" + Samples.ID + "/" + file);
                Files.move(path, path.resolveSibling("elsewhere"));
                Files.copy(path.resolveSibling("elsewhere"), path);

                assertThatThrownBy(() -> open.results().append(List.of(Samples.result(1))))
                        .isInstanceOf(JournalException.class)
                        .hasMessageContaining("removed or replaced");
            }
        }
    }

    @Test
    void whileTheFolderOfAllBatchesIsAwayNothingIsSaidOfAny() throws IOException {
        var journal = FileJournal.open(data);
        Samples.create(journal, Samples.ID, 1);
        Files.move(data.resolve("batches"), folder.resolve("away"));

        assertThatThrownBy(() -> journal.find(Samples.ID))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("is missing");
        assertThatThrownBy(() -> journal.delete(Samples.ID))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("is missing");
    }

    @Test
    void theHolderNoticesThatItsLockIsGone() throws IOException {
        try (var lock = DataFolderLock.acquire(data)) {
            assertThat(lock.wasMissing()).isTrue();
            assertThat(lock.isHeld()).isTrue();
            Files.delete(data.resolve("lock"));
            assertThat(lock.isHeld()).isFalse();

            try (var second = DataFolderLock.acquire(data)) {
                assertThat(second.wasMissing()).isTrue();
                assertThat(second.isHeld()).isTrue();
                assertThat(lock.isHeld()).isFalse();
            }
        }
        try (var third = DataFolderLock.acquire(data)) {
            assertThat(third.wasMissing()).isFalse();
        }
    }

    @Test
    void theHolderNoticesThatTheWholeFolderIsGone() throws IOException {
        try (var lock = DataFolderLock.acquire(data)) {
            Files.move(data, folder.resolve("away"));

            assertThat(lock.isHeld()).isFalse();
        }
    }

    private Path batch() {
        return data.resolve("batches").resolve(Samples.ID.value());
    }

    private void replaceByLink(Path path) throws IOException {
        Files.move(path, folder.resolve("was-there"));
        Files.createSymbolicLink(path, foreign);
    }

    private static void assertIsLink(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("is a link");
    }

    private void assertForeignIsUntouched() {
        assertThat(foreign.resolve("thesis.txt")).hasContent("years of work");
        assertThat(foreign.resolve("results.jsonl")).hasContent("not ours\n");
        assertThat(foreign.toFile().list()).hasSize(2);
    }
}
