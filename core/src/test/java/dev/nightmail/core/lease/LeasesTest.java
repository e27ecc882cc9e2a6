package dev.nightmail.core.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.core.batch.BatchId;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LeasesTest {

    private final Instant now = Instant.parse("2026-11-21T22:00:00Z");
    private final ChunkId chunk = new ChunkId(new BatchId("msgbatch_1"), 7);
    private final WorkerId firstWorker = new WorkerId("first");
    private final WorkerId secondWorker = new WorkerId("second");
    private final Leases leases = new Leases(Duration.ofMinutes(1));

    @Test
    void anExpiredLeaseGivesItsChunkToTheNextWorker() {
        var lapsed = leases.take(chunk, firstWorker, now);

        var next = leases.take(chunk, secondWorker, lapsed.deadline());

        assertThat(next.epoch()).isGreaterThan(lapsed.epoch());
        assertThat(leases.isCurrent(lapsed)).isFalse();
        assertThat(leases.isCurrent(next)).isTrue();
    }

    @Test
    void aHeldChunkIsGivenToNobodyElse() {
        leases.take(chunk, firstWorker, now);

        assertThatThrownBy(() -> leases.take(chunk, secondWorker, now.plusSeconds(59)))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aHolderWhoIsHeardOfKeepsItsLease() {
        var lease = leases.take(chunk, firstWorker, now);

        leases.touch(lease, now.plusSeconds(59));

        assertThat(leases.lapse(now.plusSeconds(100))).isEmpty();
        assertThat(leases.isCurrent(lease)).isTrue();
    }

    @Test
    void lapsingTakesTheLeaseAway() {
        var lease = leases.take(chunk, firstWorker, now);

        assertThat(leases.lapse(now.plusSeconds(60))).containsExactly(lease);
        assertThat(leases.isCurrent(lease)).isFalse();
        assertThat(leases.take(chunk, firstWorker, now.plusSeconds(61)).epoch()).isEqualTo(2);
    }

    @Test
    void aHolderThatComesLateButBeforeAnybodyElseDoesNotFenceOffItself() {
        var lease = leases.take(chunk, firstWorker, now);

        leases.take(chunk, firstWorker, now.plusSeconds(61));

        assertThat(leases.isCurrent(lease)).isTrue();
        assertThat(leases.lapse(now.plusSeconds(100))).isEmpty();
    }

    @Test
    void aChunkThatIsDoneWithBeginsAnew() {
        leases.take(chunk, firstWorker, now);

        leases.release(chunk);

        assertThat(leases.lapse(now.plusSeconds(100))).isEmpty();
        assertThat(leases.take(chunk, secondWorker, now).epoch()).isEqualTo(1);
    }
}
