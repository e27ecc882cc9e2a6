package dev.nightmail.pipeline.customid;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CustomIdTest {

    @Test
    void anIdThatFitsIsItsOwnCustomId() {
        assertThat(CustomId.ofRecord("Order_42-b").value()).isEqualTo("Order_42-b");
        assertThat(CustomId.ofRecord("x".repeat(64)).value()).isEqualTo("x".repeat(64));
    }

    @Test
    void anyOtherKeepsWhatIsReadableAndStaysDistinct() {
        var dotted = CustomId.ofRecord("docs/a.txt").value();
        var dashed = CustomId.ofRecord("docs-a/txt").value();

        assertThat(dotted)
                .startsWith("docs-a-txt-")
                .hasSizeLessThanOrEqualTo(64)
                .isNotEqualTo(dashed);
        assertThat(CustomId.ofRecord("x".repeat(65)).value())
                .hasSize(64)
                .isNotEqualTo(CustomId.ofRecord("x".repeat(66)).value());
        assertThat(CustomId.ofRecord("\u65E5\u672C").value()).startsWith("--");
        assertThat(CustomId.ofRecord("docs/a.txt").value()).isEqualTo(dotted);
    }
}
