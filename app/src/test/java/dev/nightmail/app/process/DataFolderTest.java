package dev.nightmail.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A data folder belongs to one server at a time. */
class DataFolderTest {

    @TempDir private Path data;

    @Test
    void aSecondServerIsRefusedAndTheFirstGoesOn() {
        var questions = new Questions(10);
        try (var upstream = new HeldUpstream();
                var first = ForkedNightmail.serving(data, upstream);
                var caller = new BatchesCaller(first)) {
            var batch = caller.create(questions);

            try (var second = ForkedNightmail.serve(data)) {
                assertThat(second.awaitExit()).isEqualTo(1);
                assertThat(second.output()).isEmpty();
                assertThat(second.errors())
                        .singleElement()
                        .asString()
                        .contains(data.toString(), "in use by process " + first.pid());
            }

            upstream.allowAll();
            caller.awaitEnded(batch);
            questions.assertAllAnswered(caller.results(batch));
        }
    }
}
