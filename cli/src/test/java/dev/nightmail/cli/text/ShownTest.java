package dev.nightmail.cli.text;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShownTest {

    @ParameterizedTest
    @CsvSource({
        "'\u001b]0;owned\u0007', '\\u001b]0;owned\\u0007'",
        "'\u001b[2J', '\\u001b[2J'",
        "'\u001b[8mhidden', '\\u001b[8mhidden'",
        "'\u001b[1;31m', '\\u001b[1;31m'",
        "'a\rb', 'a\\u000db'",
        "'\b\u007f', '\\u0008\\u007f'",
        "'\u009b2J', '\\u009b2J'",
        "'\u202egnp.exe', '\\u202egnp.exe'",
    })
    void controlCharactersAreShownAndNotObeyed(String text, String shown) {
        assertThat(Shown.line(text)).isEqualTo(shown);
    }

    @Test
    void textOfEveryLanguageStaysAsItIs() {
        var text = "Grüße, 夜の手紙, \ud83c\udf19\n\tשלום";

        assertThat(Shown.line(text)).isEqualTo(text);
    }

    @Test
    void ourOwnColoursStay() {
        var style = new Style(true, true);
        var text = style.bold("a") + style.dim("b") + style.good("c") + style.warning("d");

        assertThat(Shown.line(text)).isEqualTo(text);
    }

    @Test
    void whatIsCopiedToATerminalIsEscapedByteByByte() {
        var terminal = new ByteArrayOutputStream();
        var bytes = "{\"id\":\"a\u001b[2Jb\u009bc\u00a9ü夜\u007f\"}\n".getBytes(UTF_8);
        try (var stream = Shown.stream(terminal)) {
            stream.write(bytes, 0, bytes.length);
        }

        assertThat(terminal.toString(UTF_8))
                .isEqualTo("{\"id\":\"a\\u001b[2Jb\\u009bc\u00a9ü夜\\u007f\"}\n");
    }
}
