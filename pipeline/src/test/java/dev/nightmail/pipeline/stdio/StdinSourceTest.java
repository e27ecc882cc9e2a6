package dev.nightmail.pipeline.stdio;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.pipeline.source.EmptySourceException;
import dev.nightmail.pipeline.source.SourceException;
import dev.nightmail.pipeline.source.SourceItem;
import dev.nightmail.pipeline.source.SourceRecord;
import dev.nightmail.pipeline.source.UnusableRecord;
import dev.nightmail.pipeline.stdio.StdinSourceProvider.StandardInput;
import dev.nightmail.pipeline.streams.StandardStreams;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What arrives in a pipe, and what becomes of it. */
class StdinSourceTest {

    @Test
    void anObjectALineIsARecordWithItsFieldsAsTheyStand() {
        var records =
                records(
                        StdinFormat.JSONL,
                        """
                        {"id": 7, "price": 1.10, "tags": ["a", 2], "who": {"name": "Ann"}, "open": true, "note": null}
                        {"id": "007", "text": "caf\u00e9 \\ud83d\\ude00 \\ud83d"}
                        """);

        assertThat(records.getFirst().id()).isEqualTo("7");
        assertThat(records.getFirst().fields())
                .containsEntry("id", "7")
                .containsEntry("price", "1.10")
                .containsEntry("open", true)
                .containsEntry("note", null)
                .containsEntry("who", Map.of("name", "Ann"));
        assertThat(records.getFirst().fields().get("tags")).hasToString("[\"a\",2]");
        assertThat(records.get(1).id()).isEqualTo("007");
        assertThat(records.get(1).fields()).containsEntry("text", "caf\u00e9 \uD83D\uDE00 \uFFFD");
    }

    @Test
    void aBrokenLineCostsNoOtherAndIsNamedByItsNumberWithoutItsContent() {
        var told =
                told(
                        StdinFormat.JSONL,
                        "{\"id\": 1}\n\n   \r\n{\"id\": 2, secret\n[1]\n{\"text\": \"secret\"}\n{\"id\": {}}\n{\"id\": \" \"}\n{\"id\": 3, \"id\": 4}\n{\"id\": 5} {}\n{\"id\": 6}");

        assertThat(told)
                .containsExactly(
                        "line 1 of standard input: 1",
                        "line 4 of standard input: it is no JSON object, wrong from column 11 on",
                        "line 5 of standard input: it is no JSON object",
                        "line 6 of standard input: it has no field id: every record needs an id; another field can be named with \"id: FIELD\" under source",
                        "line 7 of standard input: its id is no text and no number",
                        "line 8 of standard input: it has no id: every record needs one",
                        "line 9 of standard input: a name stands in it twice",
                        "line 10 of standard input: it is no JSON object, wrong from column 11 on",
                        "line 11 of standard input: 6");
        assertThat(told.toString()).doesNotContain("secret");
    }

    @Test
    void aPipeThatEndsInTheMiddleOfALineIsSeen() {
        assertThat(told(StdinFormat.JSONL, "{\"id\": 1}\n{\"id\": 2, \"te"))
                .containsExactly(
                        "line 1 of standard input: 1",
                        "line 2 of standard input: it is no JSON object, wrong from column 14 on; the input ends in the middle of the line");
    }

    @Test
    void windowsLineEndsAndAByteOrderMarkAreNoPartOfTheRecords() {
        assertThat(records(StdinFormat.JSONL, "\uFEFF{\"id\": 1}\r\n{\"id\": 2}\r\n"))
                .extracting(SourceRecord::id)
                .containsExactly("1", "2");
        assertThat(records(StdinFormat.CSV, "\uFEFFid,text\r\n1,one\r\n2,\"two\"\r\n"))
                .extracting(SourceRecord::fields)
                .containsExactly(
                        Map.of("id", "1", "text", "one"), Map.of("id", "2", "text", "two"));
        assertThat(records(StdinFormat.LINES, "\uFEFFone\r\n\r\nthree\r\n"))
                .extracting(SourceRecord::fields)
                .containsExactly(
                        Map.of("id", "1", "text", "one"), Map.of("id", "3", "text", "three"));
    }

    @Test
    void cellsAreTextsAndMayHoldWhatTheyAreSplitBy() {
        assertThat(
                        records(
                                StdinFormat.CSV,
                                "id;text;size\n1;\"a;b\n\"\"c\"\"\";007\n2;5\" pipe, long;\n"))
                .extracting(SourceRecord::fields)
                .satisfiesExactly(
                        first ->
                                assertThat(first)
                                        .containsEntry("text", "a;b\n\"c\"")
                                        .containsEntry("size", "007"),
                        second ->
                                assertThat(second)
                                        .containsEntry("text", "5\" pipe, long")
                                        .containsEntry("size", null));
        assertThat(records(StdinFormat.CSV, "id\ttext\n1\tone\n").getFirst().fields())
                .containsEntry("text", "one");
    }

    @Test
    void aRowOfAnotherLengthCostsNoOther() {
        assertThat(
                        told(
                                StdinFormat.CSV,
                                "id,text\n1,one\n2,two,more\n3\n\"4\"x,four\n,five\n\n6,\"si\nx\"\n7,seven\n"))
                .containsExactly(
                        "line 2 of standard input: 1",
                        "line 3 of standard input: it has 3 columns, and the header has 2: mend the row",
                        "line 4 of standard input: it has 1 columns, and the header has 2: mend the row",
                        "line 5 of standard input: text stands behind the closing quote of a cell",
                        "line 6 of standard input: it has no id: every record needs one",
                        "line 8 of standard input: 6",
                        "line 10 of standard input: 7");
    }

    @Test
    void aQuoteThatStaysOpenEndsTheRunSinceItHidesRecords() {
        assertThatThrownBy(() -> told(StdinFormat.CSV, "id,text\n1,one\n2,\"two\n3,three\n"))
                .isInstanceOf(SourceException.class)
                .hasMessage(
                        "source.stdin: the row that begins in line 3 has a quote that stays open to the end of the input: mend it");
    }

    @Test
    void aHeaderWithoutTheIdSaysWhatItHas() {
        assertThatThrownBy(() -> told(StdinFormat.CSV, "ticket,text\n1,one\n"))
                .hasMessage(
                        "source.stdin: the header has no column id (it has ticket, text): name the record's own key with \"id: COLUMN\" under source");
        assertThatThrownBy(() -> told(StdinFormat.CSV, "id,a,a\n"))
                .hasMessage("source.stdin: two columns are named a: rename one");
    }

    @Test
    void anotherFieldCanBeTheId() {
        var json = new StandardInput(StdinFormat.JSONL, "ticket", UTF_8);
        var csv = new StandardInput(StdinFormat.CSV, "ticket", UTF_8);

        assertThat(items(json, "{\"ticket\": 9, \"text\": \"x\"}\n"))
                .containsExactly(
                        new SourceRecord("9", Map.of("ticket", "9", "id", "9", "text", "x")));
        assertThat(items(csv, "text,ticket\nx,9\n"))
                .containsExactly(
                        new SourceRecord("9", Map.of("ticket", "9", "id", "9", "text", "x")));
    }

    @Test
    void textInAnotherEncodingIsReadByItsNameAndIsUnusableWithoutIt() {
        byte[] bytes = {'i', 'd', ',', 't', '\n', '1', ',', (byte) 0xE9, '\n', '2', ',', 'b'};
        var windows = new StandardInput(StdinFormat.CSV, "id", Charset.forName("windows-1252"));
        var utf8 = new StandardInput(StdinFormat.CSV, "id", UTF_8);

        assertThat(((SourceRecord) items(windows, new ByteArrayInputStream(bytes)).getFirst()))
                .extracting(record -> record.fields().get("t"))
                .isEqualTo("\u00e9");
        assertThat(items(utf8, new ByteArrayInputStream(bytes)))
                .satisfiesExactly(
                        first ->
                                assertThat(((UnusableRecord) first).reason())
                                        .startsWith("it is not UTF-8 text"),
                        second -> assertThat(((SourceRecord) second).id()).isEqualTo("2"));
        assertThatThrownBy(() ->
                        items(
                                utf8,
                                new ByteArrayInputStream(
                                        "id\n1\n".getBytes(Charset.forName("utf-16")))))
                .hasMessageContaining("standard input is UTF-16");
    }

    @Test
    void aLineThatIsTooLongIsPassedOver() {
        var source =
                new StdinSource(
                        new StandardInput(StdinFormat.JSONL, "id", UTF_8),
                        streams(
                                "{\"id\": 1, \"text\": \""
                                        + "x".repeat(200)
                                        + "\"}\n{\"id\": 2}\n"),
                        100);

        assertThat(told(source))
                .containsExactly(
                        "line 1 of standard input: it is longer than 100 bytes",
                        "line 2 of standard input: 2");
    }

    @Test
    void noMoreThanABufferIsReadAhead() {
        var input = new Repeated("{\"id\": 1, \"text\": \"some text\"}\n", 400_000);
        var source =
                new StdinSource(
                        new StandardInput(StdinFormat.JSONL, "id", UTF_8),
                        new StandardStreams(input, false, OutputStream.nullOutputStream()));

        try (var cursor = source.open()) {
            cursor.next();
            assertThat(input.given).isLessThanOrEqualTo(64 * 1024);
            int others = 0;
            while (cursor.next() != null) {
                others++;
            }
            assertThat(others).isEqualTo(399_999);
        }
    }

    @Test
    void emptyInputHasNoRecords() {
        for (var format : StdinFormat.values()) {
            for (var input : List.of("", "\n \r\n", "\uFEFF")) {
                assertThatThrownBy(() -> told(format, input))
                        .isInstanceOf(EmptySourceException.class)
                        .hasMessageStartingWith("source.stdin: standard input brings no records");
            }
        }
        assertThatThrownBy(() -> told(StdinFormat.CSV, "id,text\n"))
                .isInstanceOf(EmptySourceException.class);
    }

    @Test
    void whoeverIsToldToStopLeavesAnInputThatBringsNothing() throws Exception {
        var pipe = Pipe.open();
        var source =
                new StdinSource(
                        new StandardInput(StdinFormat.JSONL, "id", UTF_8),
                        new StandardStreams(
                                Channels.newInputStream(pipe.source()),
                                false,
                                OutputStream.nullOutputStream()));
        Thread.currentThread().interrupt();

        assertThatThrownBy(source::open)
                .hasMessage(
                        "source.stdin: stopped while standard input was read. Nothing was sent");

        assertThat(Thread.interrupted()).isFalse();
        pipe.sink().close();
    }

    @Test
    void aTerminalAndABrokenInputAreRefusedInALine() {
        var definition = new StandardInput(StdinFormat.JSONL, "id", UTF_8);
        var terminal =
                new StandardStreams(
                        InputStream.nullInputStream(), true, OutputStream.nullOutputStream());
        var broken = new Repeated("", 1);

        assertThatThrownBy(() -> new StdinSource(definition, terminal).open())
                .isInstanceOf(SourceException.class)
                .hasMessageStartingWith("source.stdin: standard input is a terminal: pipe");
        assertThatThrownBy(() -> items(definition, broken))
                .hasMessage("source.stdin: standard input cannot be read: Bad file descriptor");
    }

    /** A line again and again, as a program may write it; an empty one cannot be read. */
    private static final class Repeated extends InputStream {
        private final byte[] line;
        private final long bytes;
        private long given;

        Repeated(String line, int times) {
            this.line = line.getBytes(UTF_8);
            this.bytes = (long) this.line.length * times;
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0];
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (bytes == 0) {
                throw new IOException("Bad file descriptor");
            }
            int count = (int) Math.min(length, bytes - given);
            for (int index = 0; index < count; index++) {
                target[offset + index] = line[(int) (given++ % line.length)];
            }
            return count == 0 ? -1 : count;
        }
    }

    private static StandardStreams streams(String input) {
        return new StandardStreams(
                new ByteArrayInputStream(input.getBytes(UTF_8)),
                false,
                OutputStream.nullOutputStream());
    }

    private static List<SourceItem> items(StandardInput definition, String input) {
        return items(definition, new ByteArrayInputStream(input.getBytes(UTF_8)));
    }

    private static List<SourceItem> items(StandardInput definition, InputStream input) {
        var source =
                new StdinSource(
                        definition,
                        new StandardStreams(input, false, OutputStream.nullOutputStream()));
        var items = new ArrayList<SourceItem>();
        try (var cursor = source.open()) {
            for (var item = cursor.next(); item != null; item = cursor.next()) {
                items.add(item);
            }
        }
        return items;
    }

    private static List<SourceRecord> records(StdinFormat format, String input) {
        return items(new StandardInput(format, "id", UTF_8), input).stream()
                .flatMap(item ->
                        item instanceof SourceRecord record ? Stream.of(record) : Stream.empty())
                .toList();
    }

    private static List<String> told(StdinFormat format, String input) {
        return told(new StdinSource(new StandardInput(format, "id", UTF_8), streams(input)));
    }

    /** Place and id of each record, place and reason of what is none. */
    private static List<String> told(StdinSource source) {
        var told = new ArrayList<String>();
        try (var cursor = source.open()) {
            for (var item = cursor.next(); item != null; item = cursor.next()) {
                var word =
                        switch (item) {
                            case SourceRecord record -> record.id();
                            case UnusableRecord unusable -> unusable.reason();
                        };
                told.add(cursor.place().orElseThrow() + ": " + word);
            }
        }
        return told;
    }
}
