package dev.nightmail.upstream.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ServerSentEventsTest {

    private final List<String> told = new ArrayList<>();
    private final ServerSentEvents events =
            new ServerSentEvents(
                    new ServerSentEvents.Receiver() {
                        @Override
                        public void data(byte[] data) {
                            told.add(new String(data, UTF_8));
                        }

                        @Override
                        public void comment() {
                            told.add("#");
                        }
                    });

    private void take(String text) throws IOException {
        var bytes = text.getBytes(UTF_8);
        events.take(bytes, 0, bytes.length);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "data: a~~|a",
                "data:a~~|a",
                "data:  a~~|' a'",
                "data: a~data: b~~|a^b",
                "event: x~id: 1~retry: 5~data: a~~|a",
                "dat: a~~data: b~~|b",
                "data~~data: b~~|b",
            })
    void dataIsWhatCounts(String stream, String data) throws Exception {
        take(stream.replace('~', '\n'));

        assertThat(told).singleElement().isEqualTo(data.replace('^', '\n'));
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "3", "9"})
    void oneByteOrderMarkInFrontIsNoPartOfTheFirstLine(int cut) throws Exception {
        var bytes = "\uFEFFdata: a\n\n\uFEFFdata: b\n\ndata: c\uFEFF\n\n".getBytes(UTF_8);

        events.take(bytes, 0, cut);
        events.take(bytes, cut, bytes.length - cut);

        assertThat(told).containsExactly("a", "c\uFEFF");
    }

    @Test
    void anEventIsToldWhenItsBlankLineComesAndTheLastOneWithoutIt() throws Exception {
        take("data: a\n");
        assertThat(told).isEmpty();
        take("\n");
        assertThat(told).containsExactly("a");
        take("data: b");
        events.end();
        assertThat(told).containsExactly("a", "b");
    }

    @Test
    void aCommentIsASignOfLifeAndNoPartOfAnEvent() throws Exception {
        take(":\n\ndata: a\n: still here\ndata: b\n\n");

        assertThat(told).containsExactly("#", "#", "a\nb");
    }

    @Test
    void anEventThatNeverEndsIsEnded() {
        var megabyte = "a".repeat(1 << 20);

        assertThatThrownBy(
                        () -> {
                            take("data: ");
                            for (int i = 0; i < 64; i++) {
                                take(megabyte);
                            }
                        })
                .isInstanceOf(IOException.class)
                .hasMessageNotContaining("aaa");
    }
}
