package dev.nightmail.wire.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.wire.batch.ResultsDownload.Incomplete;
import dev.nightmail.wire.batch.ResultsDownload.Lines;
import dev.nightmail.wire.batch.ResultsDownload.NoResults;
import dev.nightmail.wire.batch.ResultsDownload.Whole;
import dev.nightmail.wire.batch.ResultsJudge.Standing;
import org.junit.jupiter.api.Test;

class ResultsJudgeTest {

    private final ResultsJudge<String, String> judge = new ResultsJudge<>(3, 1_000);

    private boolean take(String request, Standing standing) {
        return judge.take(request, standing, request + " " + standing, 10);
    }

    @Test
    void aDownloadWithAResultForEachIsWhole() {
        take("a", Standing.ANSWER);
        take("b", Standing.OPEN);
        take("c", Standing.FINAL);

        assertThat(judge.judge()).isEqualTo(new Whole(new Lines(3, 0, 0, 0)));
        assertThat(judge.keptBack()).containsOnlyKeys("b", "c");
        assertThat(judge.missing()).isZero();
    }

    @Test
    void whatLacksSomeIsShortHoweverManyLinesThereAre() {
        take("a", Standing.ANSWER);
        judge.repeated();
        judge.ofNobody();
        judge.unreadable();

        assertThat(judge.judge()).isEqualTo(new Incomplete(2, new Lines(1, 1, 1, 1)));
        assertThat(judge.judge().lines().passedOver()).isEqualTo(2);
    }

    @Test
    void aPageIsNoResultsAndSoAreThoseOfAnother() {
        judge.unreadable();
        assertThat(judge.judge())
                .isInstanceOfSatisfying(
                        NoResults.class, none -> assertThat(none.isOfAnother()).isFalse());

        judge.ofNobody();
        assertThat(judge.judge())
                .isInstanceOfSatisfying(
                        NoResults.class, none -> assertThat(none.isOfAnother()).isTrue());
    }

    @Test
    void anAnswerCountsWhateverElseIsSaidOfItsRequest() {
        assertThat(take("a", Standing.FINAL)).isFalse();

        assertThat(take("a", Standing.ANSWER)).isTrue();
        assertThat(judge.keptBack()).isEmpty();
        assertThat(judge.judge().lines()).isEqualTo(new Lines(1, 1, 0, 0));
    }

    @Test
    void ofTwoOthersTheOneThatForbidsToSendItAgainCounts() {
        take("a", Standing.OPEN);
        take("a", Standing.FINAL);
        take("a", Standing.OPEN);

        assertThat(judge.keptBack()).containsEntry("a", "a FINAL");
        assertThat(judge.judge().lines().repeated()).isEqualTo(2);
    }

    @Test
    void whatWasKeptOfAnEarlierDownloadIsNotMissing() {
        judge.settledBefore();
        judge.settledBefore();
        take("c", Standing.ANSWER);

        assertThat(judge.judge()).isInstanceOf(Whole.class);
    }

    @Test
    void whatIsKeptInThePlaceOfAnotherTakesItsRoom() {
        var small = new ResultsJudge<String, String>(3, 600);
        small.take("a", Standing.OPEN, "1", 300);
        small.take("a", Standing.FINAL, "2", 300);
        small.take("b", Standing.OPEN, "3", 0);

        assertThat(small.needsAgain()).isFalse();
        assertThat(small.keptBack()).containsEntry("a", "2").containsEntry("b", "3");
    }

    @Test
    void theRoomOfWhatIsNotKeptAnyMoreIsFree() {
        var small = new ResultsJudge<String, String>(3, 600);
        for (int time = 0; time < 9; time++) {
            small.take("a", Standing.OPEN, "1", 300);
            small.take("a", Standing.ANSWER, "2", 300);
        }
        assertThat(small.reserve(480)).isTrue();
        assertThat(small.reserve(0)).isFalse();
        small.release(480);
        small.take("b", Standing.OPEN, "3", 480);
        small.keptBack();
        small.take("c", Standing.OPEN, "4", 480);

        assertThat(small.needsAgain()).isFalse();
    }

    @Test
    void whatIsReservedLeavesLessForWhatIsKeptBack() {
        var small = new ResultsJudge<String, String>(3, 600);
        assertThat(small.reserve(300)).isTrue();
        small.take("a", Standing.OPEN, "1", 300);

        assertThat(small.needsAgain()).isTrue();
    }

    @Test
    void theSecondDownloadDoesNotActOnLessThanWasKeptOfTheFirst() {
        var small = new ResultsJudge<String, String>(2, 400);
        small.take("a", Standing.OPEN, "1", 10);
        small.take("a", Standing.FINAL, "2", 10);
        small.take("b", Standing.OPEN, "3", 300);
        assertThat(small.needsAgain()).isTrue();

        small.again();

        assertThat(small.take("a", Standing.OPEN, "1", 10)).isFalse();
        assertThat(small.take("a", Standing.FINAL, "2", 10)).isTrue();
        assertThat(small.take("b", Standing.OPEN, "3", 300)).isTrue();
        assertThat(small.judge()).isInstanceOf(Whole.class);
    }

    @Test
    void whereMemoryDoesNotSufficeTheSameIsDownloadedOnceMore() {
        var small = new ResultsJudge<String, String>(2, 200);
        assertThat(small.take("a", Standing.OPEN, "1", 50)).isFalse();
        assertThat(small.take("b", Standing.OPEN, "2", 50)).isFalse();
        assertThat(small.needsAgain()).isTrue();

        small.again();

        assertThat(small.take("a", Standing.OPEN, "1", 50)).isTrue();
        assertThat(small.take("b", Standing.OPEN, "2", 50)).isTrue();
        assertThat(small.keptBack()).isEmpty();
        assertThat(small.judge()).isEqualTo(new Whole(new Lines(2, 0, 0, 0)));
    }
}
