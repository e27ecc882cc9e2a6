package dev.nightmail.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.journal.BatchDraft;
import dev.nightmail.core.journal.JournalException;
import dev.nightmail.core.key.KeyId;
import dev.nightmail.core.key.WorkspaceId;
import dev.nightmail.core.request.ApiVersion;
import dev.nightmail.core.request.CustomId;
import dev.nightmail.core.request.RequestSummary;
import dev.nightmail.engine.Faults.Step;
import dev.nightmail.engine.desk.BatchDesk;
import dev.nightmail.engine.desk.BatchDesk.Deletion;
import dev.nightmail.engine.desk.BatchDesk.Submission;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A create that an SDK sends again by itself has the batch that it made, and makes none besides.
 */
class ResendTest {

    private static final String BODY = "the sha of a body";
    private static final KeyId KEY = new KeyId("key_one");

    private EngineWorld world;

    @BeforeEach
    void start(@TempDir Path data) {
        world = new EngineWorld(data);
    }

    @AfterEach
    void end() {
        world.close();
    }

    @Test
    void aResendHasTheBatchOfTheFirstTry() {
        var made = made(send(0));

        assertThat(replayed(send(1))).isEqualTo(made);
        assertThat(replayed(send(2))).isEqualTo(made);
        assertThat(everyBatch()).containsExactly(made);
    }

    @Test
    void aResendWhoseFirstTryNeverCameMakesTheBatch() {
        var made = made(send(1));

        assertThat(replayed(send(2))).isEqualTo(made);
        assertThat(everyBatch()).containsExactly(made);
    }

    @Test
    void aResendIsShownTheBatchAsItStands() {
        var made = made(send(0));
        world.upstream.answerEverything();
        world.untilEnded(made);

        assertThat(send(1))
                .isInstanceOfSatisfying(
                        Submission.Replayed.class,
                        replayed -> assertThat(replayed.batch().isOver()).isTrue());
    }

    @Test
    void twoFirstTriesAreTwoBatches() {
        assertThat(made(send(0))).isNotEqualTo(made(send(0)));
    }

    @Test
    void aFirstTryAfterAResendIsANewBatch() {
        var first = made(send(0));
        replayed(send(1));

        var second = made(send(0));

        assertThat(second).isNotEqualTo(first);
        assertThat(replayed(send(1))).isEqualTo(second);
    }

    @Test
    void twoProgramsThatSendTheSameAgainHaveABatchEach() {
        var older = made(send(0));
        var newer = made(send(0));

        assertThat(replayed(send(1))).isEqualTo(newer);
        assertThat(replayed(send(1))).isEqualTo(older);
        assertThat(everyBatch()).hasSize(2);
    }

    @Test
    void aSecondResendFollowsTheFirst() {
        var made = made(send(0));
        replayed(send(1));
        // Another program's, which was not sent again.
        made(send(0));

        assertThat(replayed(send(2))).isEqualTo(made);
    }

    @Test
    void anotherBodyKeyOrWorkspaceIsAnotherCreate() {
        made(send(0));

        made(send("another body", KEY, WorkspaceId.DEFAULT, 1));
        made(send(BODY, new KeyId("key_two"), WorkspaceId.DEFAULT, 1));
        made(send(BODY, KEY, new WorkspaceId("elsewhere"), 1));
    }

    @Test
    void aBatchMadeWithAnIdempotencyKeyBelongsToThatKey() {
        try (var draft = draft()) {
            world.desk().submit(draft, terms(BODY, KEY, WorkspaceId.DEFAULT, "key", 0));
        }

        made(send(1));
    }

    @Test
    void aResendIsRecognisedForAsLongAsAnSdkWaits() {
        var made = made(send(0));

        world.pass(Duration.ofMinutes(11));
        assertThat(replayed(send(1))).isEqualTo(made);
        world.pass(Duration.ofMinutes(11));
        assertThat(replayed(send(2))).isEqualTo(made);
        world.pass(Duration.ofMinutes(16));
        assertThat(made(send(3))).isNotEqualTo(made);
    }

    @Test
    void aResendThatTakesLongToComeInIsJudgedByWhenItBegan() {
        var made = made(send(0));
        world.pass(Duration.ofMinutes(11));
        try (var draft = draft()) {
            world.pass(Duration.ofMinutes(11));

            var submission =
                    world.desk().submit(draft, terms(BODY, KEY, WorkspaceId.DEFAULT, null, 1));

            assertThat(replayed(submission)).isEqualTo(made);
        }
    }

    @Test
    void aRestartForgetsNoBatch() {
        var made = made(send(0));
        world.kill();
        world.startAgain();

        assertThat(replayed(send(1))).isEqualTo(made);
        assertThat(everyBatch()).containsExactly(made);
    }

    @Test
    void amongManyOthersItIsFoundAllTheSame() {
        var made = made(send(0));
        for (int i = 0; i < 105; i++) {
            made(send("body " + i, KEY, WorkspaceId.DEFAULT, 0));
        }

        assertThat(replayed(send(1))).isEqualTo(made);
    }

    @Test
    void aBatchThatWasDeletedIsNotGivenAgain() {
        var made = made(send(0));
        world.upstream.answerEverything();
        world.untilEnded(made);
        assertThat(world.desk().delete(WorkspaceId.DEFAULT, made))
                .isInstanceOf(Deletion.Deleted.class);

        assertThat(made(send(1))).isNotEqualTo(made);
    }

    @Test
    void aResendWaitsForTheFirstTryToBeStored() {
        world.faults.hold(Step.COMMIT);
        var first = EngineWorld.meanwhile(() -> send(0));
        EngineWorld.until(() -> world.faults.isReached(Step.COMMIT));
        var second = EngineWorld.meanwhile(() -> send(1));

        world.faults.releaseAll();

        assertThat(replayed(second.join())).isEqualTo(made(first.join()));
        assertThat(everyBatch()).hasSize(1);
    }

    @Test
    void manyResendsAtOnceMakeOneBatch() {
        var sent = new ArrayList<CompletableFuture<Submission>>();
        for (int tries = 1; tries <= 8; tries++) {
            int behind = tries;
            sent.add(EngineWorld.meanwhile(() -> send(behind)));
        }
        sent.forEach(CompletableFuture::join);

        assertThat(everyBatch()).hasSize(1);
    }

    @Test
    void aFirstTryThatIsOvertakenByItsResendHasItsBatch() {
        try (var slow = draft()) {
            world.pass(Duration.ofSeconds(1));
            var made = made(send(1));

            var submission =
                    world.desk().submit(slow, terms(BODY, KEY, WorkspaceId.DEFAULT, null, 0));

            assertThat(replayed(submission)).isEqualTo(made);
        }
        assertThat(everyBatch()).hasSize(1);
    }

    @Test
    void aFirstTryThatCouldNotBeStoredLeavesTheBatchToItsResend() {
        world.faults.fail(Step.COMMIT, 1);
        assertThatThrownBy(() -> send(0)).isInstanceOf(JournalException.class);

        var made = made(send(1));

        assertThat(everyBatch()).containsExactly(made);
    }

    private Submission send(int resends) {
        return send(BODY, KEY, WorkspaceId.DEFAULT, resends);
    }

    private Submission send(String body, KeyId key, WorkspaceId workspace, int resends) {
        try (var draft = draft()) {
            return world.desk().submit(draft, terms(body, key, workspace, null, resends));
        }
    }

    private BatchDraft draft() {
        var draft = world.desk().draft();
        var params = "{\"model\":\"claude-haiku-4-5\",\"id\":\"a\"}".getBytes(UTF_8);
        draft.add(
                new CustomId("a"),
                new RequestSummary("claude-haiku-4-5", 10, 10),
                params,
                0,
                params.length);
        return draft;
    }

    private static BatchDesk.Terms terms(
            String body,
            KeyId key,
            WorkspaceId workspace,
            @Nullable String idempotencyKey,
            int resends) {
        return new BatchDesk.Terms(
                workspace,
                key,
                ApiVersion.V2026_10_21,
                List.of(),
                null,
                body,
                idempotencyKey,
                resends);
    }

    private static BatchId made(Submission submission) {
        assertThat(submission).isInstanceOf(Submission.Accepted.class);
        return ((Submission.Accepted) submission).batch().id();
    }

    private static BatchId replayed(Submission submission) {
        assertThat(submission).isInstanceOf(Submission.Replayed.class);
        return ((Submission.Replayed) submission).batch().id();
    }

    private List<BatchId> everyBatch() {
        return world.catalog().batches().ids();
    }
}
