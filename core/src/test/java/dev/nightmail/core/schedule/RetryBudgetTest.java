package dev.nightmail.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How many failed requests may be tried again. */
class RetryBudgetTest {

    private final RetryBudget budget = new RetryBudget();
    private final Instant now = Instant.EPOCH.plusSeconds(1);

    @BeforeEach
    void aHundredAreThereAtFirst() {
        assertThat(spend()).isEqualTo(100);
    }

    /** As many as may go now. */
    private int spend() {
        int spent = 0;
        while (budget.spend(now).isZero()) {
            spent++;
        }
        return spent;
    }

    @Test
    void twoASecondMayGoInAnyCase() {
        assertThat(budget.spend(now)).isEqualTo(Duration.ofMillis(500));
        assertThat(budget.spend(now.plusMillis(500))).isZero();
    }

    @Test
    void tenAnswersAllowOneMore() {
        for (int answer = 0; answer < 50; answer++) {
            budget.answered(false);
        }

        assertThat(spend()).isBetween(4, 5);
    }

    @Test
    void whereNothingFailsEachAnswerDoes() {
        for (int answer = 0; answer < 50; answer++) {
            budget.answered(true);
        }

        assertThat(spend()).isEqualTo(50);
    }
}
