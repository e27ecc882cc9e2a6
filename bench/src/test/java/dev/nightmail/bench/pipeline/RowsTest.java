package dev.nightmail.bench.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.bench.measure.Aim;
import dev.nightmail.bench.measure.BenchmarkFailure;
import dev.nightmail.bench.measure.Finding;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowsTest {

    private static final Aim FAST = new Aim.AtMost(1, 10, "s");
    private static final Aim MANY = new Aim.AtLeast(1, 0.1, "rows/s");

    @Test
    void whatCannotBeMeasuredIsMissedAndSaysWhy() throws Exception {
        var rows = new Rows();

        rows.measure(
                () -> {
                    rows.add(new Finding("one", "", "", 0.5, FAST, List.of()));
                    throw new BenchmarkFailure("the disk is full");
                },
                new Rows.Missed("one", FAST),
                new Rows.Missed("two", FAST),
                new Rows.Missed("three", MANY));

        assertThat(rows.all()).extracting(Finding::name).containsExactly("one", "two", "three");
        assertThat(rows.all())
                .extracting(row -> row.aim().isMetBy(row.value()))
                .containsExactly(true, false, false);
        assertThat(rows.all().getLast().toString()).contains("the disk is full", "MISSED");
    }
}
