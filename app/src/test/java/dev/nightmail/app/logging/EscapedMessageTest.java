package dev.nightmail.app.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.joran.spi.JoranException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;

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

    /** By the configuration the program comes with. */
    @Test
    void theProgramsLogHasALineForEachMessage() throws JoranException {
        var context = new LoggerContext();
        var configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(
                EscapedMessageTest.class.getClassLoader().getResource("logback.xml"));
        var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        var toStderr = (OutputStreamAppender<ILoggingEvent>) root.getAppender("stderr");
        var event =
                new LoggingEvent(
                        "test",
                        root,
                        Level.WARN,
                        "provider_batch={}",
                        null,
                        new Object[] {"pb_1\n2026-11-21T22:00:00.000Z ERROR event=forged"});

        var written = new String(toStderr.getEncoder().encode(event), StandardCharsets.UTF_8);
        context.stop();

        assertThat(written.lines())
                .singleElement()
                .asString()
                .contains("WARN", "pb_1\\u000a2026", "event=forged");
    }
}
