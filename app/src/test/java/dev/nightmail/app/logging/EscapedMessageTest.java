package dev.nightmail.app.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.core.joran.spi.JoranException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EscapedMessageTest {

    @ParameterizedTest
    @ValueSource(ints = {0x0, 0x9, 0xA, 0xD, 0x1B, 0x7F, 0x85, 0x2028, 0x2029, 0x202E, 0xFEFF})
    void whatWouldMoveTheCursorOrEndTheLineIsEscaped(int character) {
        assertThat(EscapedMessage.escaped("a" + Character.toString(character) + "b"))
                .isEqualTo("a\\u%04xb", character);
    }

    @Test
    void anythingElseStaysAsItIs() {
        var message = "event=x reason=\"Grüße, 你好, 🙂\" path=C:\\new";

        assertThat(EscapedMessage.escaped(message)).isSameAs(message);
    }

    /** The configuration the program comes with, into a stream of our own. */
    @Test
    void theProgramsLogHasALineForEachMessage() throws JoranException {
        var context = new LoggerContext();
        var written = new ByteArrayOutputStream();
        var before = System.err;
        System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
        try {
            var configurator = new JoranConfigurator();
            configurator.setContext(context);
            configurator.doConfigure(
                    EscapedMessageTest.class.getClassLoader().getResource("logback.xml"));

            context.getLogger("dev.nightmail.any")
                    .warn("provider_batch={}", "pb_1\n2026-11-21T22:00:00.000Z ERROR event=forged");
        } finally {
            context.stop();
            System.setErr(before);
        }
        assertThat(written.toString(StandardCharsets.UTF_8).lines())
                .singleElement()
                .asString()
                .contains("WARN", "pb_1\\u000a2026", "event=forged");
    }
}
