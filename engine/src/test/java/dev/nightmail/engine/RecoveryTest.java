package dev.nightmail.engine;

import static dev.nightmail.engine.EngineWorld.ids;
import static dev.nightmail.engine.ScriptedUpstream.answer;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.batch.BatchState.Archived;
import dev.nightmail.core.result.RequestCounts;
import dev.nightmail.engine.Faults.Step;
import dev.nightmail.engine.desk.BatchDesk.Results;
import dev.nightmail.engine.desk.BatchDesk.Submission;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The journal is the truth; the catalog is brought to agree with it. */
class RecoveryTest {

    private Path data;
    private EngineWorld world;

    @BeforeEach
    void start(@TempDir Path folder) {
        data = folder;
        world = new EngineWorld(data);
    }

    @AfterEach
    void end() {
        world.close();
    }

    @Test
    void aLostCatalogIsRebuiltWithItsLedger() throws IOException {
        world.upstream.answerEverything();
        var ended = world.submit("a", 5);
        world.untilEnded(ended);
        world.stop();
        world.startAgain();
        var running = world.submit("b", 5);
        world.kill();

        loseTheCatalog();
        world.startAgain();
        world.upstream.answerEverything();

        assertThat(world.counts(ended)).isEqualTo(new RequestCounts(0, 5, 0, 0, 0));
        assertThat(world.settled(ended)).containsExactlyInAnyOrderElementsOf(ids("a", 5));
        assertThat(world.charged(ended)).isEqualTo(5);
        assertThat(world.untilEnded(running).counts().succeeded()).isEqualTo(5);
    }

    @Test
    void anArchivedBatchIsRebuiltThoughItsBytesAreGone() throws IOException {
        var batch = archived();

        loseTheCatalog();
        world.startAgain();

        assertThat(world.find(batch).state()).isInstanceOf(Archived.class);
        assertThat(world.desk().results(EngineWorld.WORKSPACE, batch))
                .isInstanceOf(Results.Archived.class);
    }

    private BatchId archived() {
        world.upstream.answerEverything();
        var batch = world.submit("a", 5);
        world.untilEnded(batch);
        world.clocks.pass(EngineWorld.RETENTION);
        world.engine().archiveWhatIsDue();
        world.stop();
        return batch;
    }

    private void loseTheCatalog() throws IOException {
        try (var files = Files.list(data)) {
            for (var file : files.toList()) {
                if (file.getFileName().toString().startsWith("catalog.db")) {
                    Files.delete(file);
                }
            }
        }
    }

    @Test
    void oneFolderThatCannotBeReadKeepsNoOtherBatchFromRunning() throws IOException {
        var damaged = world.submit("a", 5);
        var sound = world.submit("b", 5);
        world.kill();
        Files.writeString(world.folder(damaged).resolve("batch.json"), "not what was written");

        world.startAgain();
        world.upstream.answerEverything();

        assertThat(world.untilEnded(sound).counts().succeeded()).isEqualTo(5);
        assertThat(world.find(damaged).isOver()).isFalse();
        assertThat(world.failures).isEmpty();
    }

    @Test
    void aResultThatTheDiskDamagedIsReportedWhileItsBatchRunsOn() throws IOException {
        var batch = world.submit("a", 3);
        world.upstream.next().answer(answer());
        world.until(batch, now -> now.counts().succeeded() == 1);
        world.kill();
        var log = world.folder(batch).resolve("results.jsonl");
        Files.writeString(log, Files.readString(log).replace("msg_1", "msg_2"));
        var logged = new ConcurrentLinkedQueue<String>();
        var logger = (Logger) LoggerFactory.getLogger(JournalWriter.class);
        var ear = new Ear(logged);
        logger.setLevel(Level.ERROR);
        logger.addAppender(ear);

        world.startAgain();
        world.upstream.answerEverything();
        world.untilEnded(batch);
        EngineWorld.until(() -> !logged.isEmpty());
        logger.detachAppender(ear);
        logger.setLevel(Level.OFF);

        assertThat(logged)
                .singleElement()
                .asString()
                .contains("event=journal_damaged", batch.value(), "offset 0");
        assertThat(world.counts(batch)).isEqualTo(new RequestCounts(0, 3, 0, 0, 0));
    }

    @Test
    void oneFolderWithoutARowThatCannotBeReadStaysAsItIs() throws IOException {
        world.stop();
        var stray = Files.createDirectories(world.folder(new BatchId("msgbatch_01stray")));

        world.startAgain();

        assertThat(stray).exists();
        assertThat(world.submit("a", 1)).isNotNull();
    }

    @Test
    void aBatchThatCannotBeOpenedAtTheStartIsRunWhenItCan() {
        var batch = world.submit("a", 5);
        world.kill();
        var faults = new Faults();
        faults.fail(Step.OPEN, 2);

        world.startAgain(faults);
        world.upstream.answerEverything();
        world.passUntil(() -> world.find(batch).isOver());

        assertThat(world.counts(batch).succeeded()).isEqualTo(5);
    }

    @Test
    void whatWasPaidForIsNotDeletedAsUnacknowledged() throws IOException {
        // The catalog of yesterday does not know this batch, and its key has been used since.
        var first = ((Submission.Accepted) world.submit("a", 5, "once")).batch().id();
        world.upstream.next().answer(answer());
        world.until(first, now -> now.counts().succeeded() == 1);
        world.kill();
        loseTheCatalog();
        Files.move(world.folder(first), data.resolve("aside"));
        world.startAgain();
        world.submit("a", 5, "once");
        world.kill();
        Files.move(data.resolve("aside"), world.folder(first));

        world.startAgain();

        assertThat(world.folder(first)).isDirectory();
    }

    @Test
    void afterTheRetentionResultsGoAndTheBatchStays() throws IOException {
        world.upstream.answerEverything();
        var batch = world.submit("a", 5);
        world.untilEnded(batch);
        world.clocks.pass(EngineWorld.RETENTION.minus(Duration.ofSeconds(1)));
        world.engine().archiveWhatIsDue();
        assertThat(world.results(batch)).hasSize(5);

        world.clocks.pass(Duration.ofSeconds(1));
        world.engine().archiveWhatIsDue();

        assertThat(world.desk().results(EngineWorld.WORKSPACE, batch))
                .isInstanceOf(Results.Archived.class);
        assertThat(world.folder(batch).resolve("results.jsonl")).doesNotExist();
        assertThat(world.counts(batch).succeeded()).isEqualTo(5);
    }

    @Test
    void aClockThatIsFarAheadForAMomentDeletesNothing() throws IOException {
        world.upstream.answerEverything();
        var batch = world.submit("a", 5);
        world.untilEnded(batch);

        world.clocks.set(Duration.ofDays(40));
        for (int second = 0; second < 40; second++) {
            world.engine().archiveWhatIsDue();
            world.clocks.pass(Duration.ofSeconds(1));
        }
        world.clocks.set(Duration.ofDays(-40));
        world.engine().archiveWhatIsDue();

        assertThat(world.results(batch)).hasSize(5);
        world.clocks.pass(EngineWorld.RETENTION);
        world.engine().archiveWhatIsDue();
        assertThat(world.find(batch).state()).isInstanceOf(Archived.class);
    }

    @Test
    void norDoesAServerThatIsStartedMeanwhile() throws IOException {
        world.upstream.answerEverything();
        var batch = world.submit("a", 5);
        world.untilEnded(batch);
        world.stop();

        world.clocks.set(Duration.ofDays(40));
        for (int start = 0; start < 3; start++) {
            world.startAgain();
            world.engine().archiveWhatIsDue();
            world.clocks.pass(Duration.ofSeconds(13));
            world.engine().archiveWhatIsDue();
            world.stop();
        }
        world.clocks.set(Duration.ofDays(-40));
        world.startAgain();

        assertThat(world.results(batch)).hasSize(5);
    }

    @Test
    void norDoesOneThatHasForgottenWhatTimeItWas() throws IOException {
        world.upstream.answerEverything();
        var batch = world.submit("a", 5);
        world.untilEnded(batch);
        world.stop();
        Files.delete(data.resolve("clock.json"));

        world.clocks.set(Duration.ofDays(40));
        world.startAgain();
        world.engine().archiveWhatIsDue();

        assertThat(world.results(batch)).hasSize(5);
    }

    @Test
    void aServerThatWasOffForLongDeletesADayLater() throws IOException {
        world.upstream.answerEverything();
        var batch = world.submit("a", 5);
        world.untilEnded(batch);
        world.stop();

        world.clocks.pass(EngineWorld.RETENTION);
        world.startAgain();
        world.engine().archiveWhatIsDue();
        assertThat(world.results(batch)).hasSize(5);
        world.clocks.pass(Duration.ofDays(1));
        world.engine().archiveWhatIsDue();

        assertThat(world.find(batch).state()).isInstanceOf(Archived.class);
    }

    @Test
    void aBatchThatCannotBeArchivedKeepsNoOtherFromIt() {
        world.upstream.answerEverything();
        var first = world.submit("a", 5);
        var second = world.submit("b", 5);
        world.untilEnded(first);
        world.untilEnded(second);
        world.clocks.pass(EngineWorld.RETENTION.plusSeconds(1));
        world.faults.fail(Step.ARCHIVE, 1);

        world.engine().archiveWhatIsDue();

        assertThat(world.find(second).state()).isInstanceOf(Archived.class);
        world.engine().archiveWhatIsDue();
        assertThat(world.find(first).state()).isInstanceOf(Archived.class);
    }

    @Test
    void theDeadlineThatWasToldIsTheOneKeptAfterARestart() {
        world.setClock(Duration.ofNanos(789));
        world.submit("a", 1);
        var told = world.find(world.submit("b", 1)).header();
        world.kill();

        world.startAgain();

        assertThat(world.find(told.id()).header()).isEqualTo(told);
    }

    @Test
    void aRequestThatIsDamagedOnTheDiskExpiresWithItsBatch() throws IOException {
        var batch = world.submit("a", 3);
        world.kill();
        var requests = world.folder(batch).resolve("requests.jsonl");
        var text = Files.readString(requests);
        Files.writeString(requests, text.replace("\"id\":\"a-1\"", "\"id\":\"a-7\""));

        world.startAgain();
        world.upstream.answerEverything();
        world.until(batch, now -> now.counts().succeeded() == 2);
        world.pass(EngineWorld.WINDOW);

        assertThat(world.untilEnded(batch).counts().expired()).isEqualTo(1);
        assertThat(world.settled(batch)).containsExactlyInAnyOrderElementsOf(ids("a", 3));
        assertThat(world.upstream.asked()).doesNotContain("a-7");
    }

    /** Hears what is logged. */
    private static final class Ear extends AppenderBase<ILoggingEvent> {
        private final Queue<String> heard;

        Ear(Queue<String> heard) {
            this.heard = heard;
            start();
        }

        @Override
        protected void append(ILoggingEvent event) {
            heard.add(event.getFormattedMessage());
        }
    }
}
