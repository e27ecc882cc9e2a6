package dev.nightmail.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LiveProgressTest {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Test
    void notesStayAndTheBarGoes() {
        try (var progress = progress()) {
            progress.phase("Reading the records");
            progress.note("Batch 1: submitted");
            progress.at(new Standing(1, 2, 1, null, Duration.ofSeconds(1)));
            progress.note("Batch 2: submitted");
            progress.at(new Standing(2, 2, 1, null, Duration.ofSeconds(2)));
        }

        assertThat(screen()).containsExactly("Batch 1: submitted", "Batch 2: submitted", "");
    }

    @Test
    void theSameLineIsNotDrawnTwice() {
        try (var progress = progress()) {
            for (int i = 0; i < 100; i++) {
                progress.at(new Standing(1, 2, 1, null, Duration.ofSeconds(1)));
            }
        }

        assertThat(text().split("1 of 2", -1)).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void whatIsShownIsTheNewest() {
        var progress = progress();
        progress.at(new Standing(7, 9, 1, null, Duration.ofSeconds(1)));
        // A note redraws the bar behind itself, so whatever came before it has been drawn by then.
        progress.note("later");
        progress.close();

        assertThat(text()).contains("later").contains("7 of 9");
    }

    private LiveProgress progress() {
        return new LiveProgress(
                new PrintStream(bytes, true, StandardCharsets.UTF_8),
                () -> 80,
                Style.PLAIN,
                () -> Instant.EPOCH);
    }

    private String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** What a terminal shows in the end. */
    private List<String> screen() {
        var rows = new ArrayList<String>();
        var row = new StringBuilder();
        int column = 0;
        var text = text();
        for (int i = 0; i < text.length(); i++) {
            if (text.startsWith("\u001b[K", i)) {
                row.setLength(column);
                i += 2;
            } else if (text.charAt(i) == '\r') {
                column = 0;
            } else if (text.charAt(i) == '\n') {
                rows.add(row.toString());
                row.setLength(0);
                column = 0;
            } else {
                row.replace(column, Math.min(column + 1, row.length()), text.substring(i, i + 1));
                column++;
            }
        }
        rows.add(row.toString());
        return rows;
    }
}
