package dev.nightmail.bench.pace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class AccountTest {

    private long now = 1_000_000_000;

    private Account account(String cell) {
        return new Account(Cell.of(cell), now);
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }

    @Test
    void aFullBucketLetsItsBurstIn() {
        var account = account("burst-10");
        for (int i = 0; i < 10; i++) {
            assertThat(account.arrive(now).accepted()).isTrue();
        }

        var refusal = account.arrive(now);

        assertThat(refusal.accepted()).isFalse();
        assertThat(refusal.retryAfterSeconds()).isEqualTo(1);
        pass(Duration.ofMillis(21));
        assertThat(account.arrive(now).accepted()).isTrue();
    }

    @Test
    void whatIsAllowedIsTheBurstAndWhatHasFlownInSinceTheFirstCall() {
        var account = account("burst-10");
        pass(Duration.ofSeconds(5));
        account.arrive(now);
        pass(Duration.ofSeconds(2));

        var counts = account.counts(now);

        assertThat(counts.accepted()).isEqualTo(1);
        assertThat(counts.allowed()).isCloseTo(10 + 100, within(0.01));
        assertThat(Account.Counts.of(counts.toString())).isEqualTo(counts);
    }

    @Test
    void whatAnotherClientTakesIsNotAllowedToUs() {
        var account = account("burst-10-beside-another");
        account.arrive(now);
        pass(Duration.ofSeconds(10));

        assertThat(account.counts(now).allowed()).isCloseTo(10 + 500 - 200, within(1.5));
    }

    @Test
    void anAnswersTokensAreTakenWhenItIsWritten() {
        var account = account("burst-10-output-tokens");
        account.arrive(now);
        assertThat(account.arrive(now).told().getFirst().remaining()).isEqualTo(5_000);

        account.answered(now);
        account.answered(now);

        assertThat(account.arrive(now).told().getFirst().remaining()).isEqualTo(4_000);
    }
}
