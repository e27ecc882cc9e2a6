package dev.nightmail.upstream.simulator.service;

import static dev.nightmail.upstream.simulator.service.CacheTtl.FIVE_MINUTES;
import static dev.nightmail.upstream.simulator.service.CacheTtl.ONE_HOUR;
import static dev.nightmail.upstream.simulator.service.Scene.prompt;
import static dev.nightmail.upstream.simulator.service.Scene.seconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.core.key.WorkspaceId;
import dev.nightmail.core.usage.Usage;
import dev.nightmail.upstream.simulator.service.Admission.Accepted;
import dev.nightmail.upstream.simulator.service.Prompt.Block;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The rules of the wire contract, section 7. */
final class CachingTest {

    private static final ServiceConfig TWO_SECONDS_TO_FIRST_TOKEN =
            ServiceConfig.INSTANT.withLatency(Latency.of(seconds(2), Duration.ofMillis(10)));

    private static final Prompt RULES = prompt(100, new Block(1, 5000, FIVE_MINUTES));
    private static final Prompt RULES_FOR_AN_HOUR = prompt(100, new Block(1, 5000, ONE_HOUR));

    private static final Usage WRITTEN = new Usage(100, 0, 5000, 0, 0);
    private static final Usage READ = new Usage(100, 0, 0, 0, 5000);

    @Test
    void whatOneRequestWritesIsReadFromTheMomentItsAnswerBegins() {
        var scene = new Scene(TWO_SECONDS_TO_FIRST_TOKEN);

        assertThat(scene.usage(0, RULES)).isEqualTo(WRITTEN);
        assertThat(scene.usage(0.000_001, RULES)).isEqualTo(WRITTEN);
        assertThat(scene.usage(1.999_999, RULES)).isEqualTo(WRITTEN);
        assertThat(scene.usage(2, RULES)).isEqualTo(READ);
    }

    @Test
    void ofTwoThatWriteTheSameTheFirstThatAnswersMakesItUsable() {
        var scene =
                new Scene(
                        ServiceConfig.INSTANT.withLatency(
                                new Latency(Duration.ZERO, 10_000, Duration.ZERO, 0)));
        var longTail = prompt(45_000, new Block(1, 5000, FIVE_MINUTES));

        scene.usage(0, longTail);
        scene.usage(1, RULES);

        assertThat(scene.usage(1.509_999, RULES)).isEqualTo(WRITTEN);
        assertThat(scene.usage(1.51, RULES)).isEqualTo(READ);
    }

    @Test
    void aPrefixLivesForItsTtlFromTheBeginningOfTheRequestThatWroteIt() {
        var scene = new Scene(TWO_SECONDS_TO_FIRST_TOKEN);
        scene.usage(0, RULES);

        assertThat(scene.usage(300, RULES)).isEqualTo(WRITTEN);

        var other = new Scene(TWO_SECONDS_TO_FIRST_TOKEN);
        other.usage(0, RULES);
        assertThat(other.usage(299.999_999, RULES)).isEqualTo(READ);
    }

    @Test
    void aReadRenewsTheTtl() {
        var scene = new Scene(TWO_SECONDS_TO_FIRST_TOKEN);
        scene.usage(0, RULES);
        scene.usage(200, RULES);

        assertThat(scene.usage(499.999_999, RULES)).isEqualTo(READ);
        assertThat(scene.usage(799.999_998, RULES)).isEqualTo(READ);
        assertThat(scene.usage(1100, RULES)).isEqualTo(WRITTEN);
    }

    @Test
    void anHourIsPaidAndLivedAsSuch() {
        var scene = new Scene(TWO_SECONDS_TO_FIRST_TOKEN);

        assertThat(scene.usage(0, RULES_FOR_AN_HOUR)).isEqualTo(new Usage(100, 0, 0, 5000, 0));
        assertThat(scene.usage(3599.999_999, RULES_FOR_AN_HOUR)).isEqualTo(READ);
        assertThat(scene.usage(2 * 3600, RULES_FOR_AN_HOUR))
                .isEqualTo(new Usage(100, 0, 0, 5000, 0));
    }

    @Test
    void aReaderThatAsksForLessRenewsTheTtlThatWasPaidFor() {
        var scene = new Scene(TWO_SECONDS_TO_FIRST_TOKEN);
        scene.usage(0, RULES_FOR_AN_HOUR);
        scene.usage(1800, RULES);

        assertThat(scene.usage(5399, RULES)).isEqualTo(READ);
    }

    @Test
    void aLongerPrefixPaysForWhatItAdds() {
        var scene = new Scene(ServiceConfig.INSTANT);
        scene.usage(0, RULES);

        var longer =
                prompt(100, new Block(1, 5000, FIVE_MINUTES), new Block(2, 7000, FIVE_MINUTES));

        assertThat(scene.usage(1, longer)).isEqualTo(new Usage(100, 0, 2000, 0, 5000));
        assertThat(scene.usage(2, longer)).isEqualTo(new Usage(100, 0, 0, 0, 7000));
    }

    @Test
    void eachPartIsPaidByTheTtlOfItsOwnMark() {
        var scene = new Scene(ServiceConfig.INSTANT);

        var mixed = prompt(100, new Block(1, 5000, ONE_HOUR), new Block(2, 7000, FIVE_MINUTES));

        assertThat(scene.usage(0, mixed)).isEqualTo(new Usage(100, 0, 2000, 5000, 0));
        assertThat(scene.usage(600, mixed)).isEqualTo(new Usage(100, 0, 2000, 0, 5000));
    }

    @Test
    void aPrefixInsideOneThatIsReadIsThereToo() {
        var scene = new Scene(ServiceConfig.INSTANT);
        scene.usage(0, prompt(100, new Block(1, 5000, null), new Block(2, 7000, FIVE_MINUTES)));
        scene.usage(
                1, prompt(100, new Block(1, 5000, FIVE_MINUTES), new Block(2, 7000, FIVE_MINUTES)));

        assertThat(scene.usage(2, RULES)).isEqualTo(READ);
    }

    @Test
    void aConversationReadsWhatAnEarlierTurnOfItWrote() {
        var scene = new Scene(ServiceConfig.INSTANT);
        scene.usage(0, RULES);
        var nextTurn =
                prompt(
                        0,
                        new Block(1, 5000, null),
                        new Block(2, 5200, null),
                        new Block(3, 5300, FIVE_MINUTES));

        assertThat(scene.usage(1, nextTurn)).isEqualTo(new Usage(0, 0, 300, 0, 5000));
    }

    @Test
    void thatIsLookedForInTwentyBlocksAndNoMore() {
        var found = new Scene(ServiceConfig.INSTANT);
        found.usage(0, RULES);
        var missed = new Scene(ServiceConfig.INSTANT);
        missed.usage(0, RULES);

        assertThat(found.usage(1, conversation(20)).cacheRead()).isEqualTo(5000);
        assertThat(missed.usage(1, conversation(21)).cacheRead()).isZero();
    }

    /** So many blocks, of which the first is known and the last is marked. */
    private static Prompt conversation(int blocks) {
        var all = new ArrayList<Block>();
        for (int i = 1; i <= blocks; i++) {
            all.add(new Block(i, 5000 + 10L * (i - 1), i == blocks ? FIVE_MINUTES : null));
        }
        return new Prompt(all, 6000);
    }

    @Test
    void aMarkFurtherUpLooksBackToo() {
        var scene = new Scene(ServiceConfig.INSTANT);
        scene.usage(0, RULES);
        var all = new ArrayList<Block>();
        for (int i = 1; i <= 40; i++) {
            boolean isMarked = i == 15 || i == 40;
            all.add(new Block(i, 5000 + 10L * (i - 1), isMarked ? FIVE_MINUTES : null));
        }

        assertThat(scene.usage(1, new Prompt(all, 6000)).cacheRead()).isEqualTo(5000);
    }

    @Test
    void aPrefixTooShortForItsModelIsNotCached() {
        var config =
                ServiceConfig.INSTANT.withCache(
                        new CacheRules(Map.of(Scene.MODEL, 4096), 1024, 20, 100));
        var scene = new Scene(config);
        var tooShort = prompt(100, new Block(1, 4095, FIVE_MINUTES));
        var longEnough = prompt(100, new Block(2, 4096, FIVE_MINUTES));

        assertThat(scene.usage(0, tooShort)).isEqualTo(new Usage(4195, 0, 0, 0, 0));
        assertThat(scene.usage(1, tooShort)).isEqualTo(new Usage(4195, 0, 0, 0, 0));
        assertThat(scene.usage(2, longEnough)).isEqualTo(new Usage(100, 0, 4096, 0, 0));
    }

    @Test
    void nobodyReadsWhatAnotherWorkspaceOrModelWrote() {
        var scene = new Scene(ServiceConfig.INSTANT);
        scene.usage(0, RULES);

        var other = new Arrival(1, new WorkspaceId("other"), Scene.MODEL, RULES, 0, 0);
        var otherModel = new Arrival(2, WorkspaceId.DEFAULT, "claude-sonnet-5", RULES, 0, 0);

        assertThat(((Accepted) scene.arrive(other, 1)).usage()).isEqualTo(WRITTEN);
        assertThat(((Accepted) scene.arrive(otherModel, 1)).usage()).isEqualTo(WRITTEN);
    }

    @Test
    void aRequestThatWaitsReadsWhatIsThereWhenItBegins() {
        var scene = new Scene(TWO_SECONDS_TO_FIRST_TOKEN.withCapacity(Capacity.queueing(1)));
        scene.usage(0, RULES);

        assertThat(scene.usage(0.1, RULES)).isEqualTo(READ);
    }

    @Test
    void thePrefixUsedLongestAgoMakesRoom() {
        var config = ServiceConfig.INSTANT.withCache(new CacheRules(Map.of(), 1024, 20, 2));
        var scene = new Scene(config);
        scene.usage(0, prompt(0, new Block(1, 2000, FIVE_MINUTES)));
        scene.usage(1, prompt(0, new Block(2, 2000, FIVE_MINUTES)));
        scene.usage(2, prompt(0, new Block(1, 2000, FIVE_MINUTES)));
        scene.usage(3, prompt(0, new Block(3, 2000, FIVE_MINUTES)));

        assertThat(scene.usage(4, prompt(0, new Block(1, 2000, FIVE_MINUTES))).cacheRead())
                .isEqualTo(2000);
        assertThat(scene.usage(5, prompt(0, new Block(2, 2000, FIVE_MINUTES))).cacheRead())
                .isZero();
    }

    @Test
    void aPromptThatCannotBeIsRefused() {
        assertThatThrownBy(() -> prompt(-1, new Block(1, 5000, FIVE_MINUTES)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> prompt(1, new Block(1, 20, null), new Block(2, 10, null)))
                .isInstanceOf(IllegalArgumentException.class);
        var marked = new Block(1, 10, FIVE_MINUTES);
        assertThatThrownBy(() -> new Prompt(List.of(marked, marked, marked, marked, marked), 10))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
