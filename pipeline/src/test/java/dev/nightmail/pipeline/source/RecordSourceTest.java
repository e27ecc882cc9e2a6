package dev.nightmail.pipeline.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.pipeline.paths.PathRule;
import dev.nightmail.pipeline.testing.PipelineFolder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@SuppressWarnings("NullAway.Init")
class RecordSourceTest {

    @TempDir Path folder;

    @BeforeEach
    void files() throws Exception {
        new PipelineFolder(folder)
                .file("a.csv", "id,text\n1,one\n2,\"two, quoted\"\n3,\n")
                .file(
                        "b.jsonl",
                        "{\"id\":\"x\",\"tags\":[\"p\",\"q\"],\"who\":{\"name\":\"Ann\"}}\n");
        try (var connection = DriverManager.getConnection("jdbc:duckdb:");
                var statement = connection.createStatement()) {
            statement.execute(
                    "copy (select 'p' || i as id, timestamp '2026-01-02 03:04:05' as at from range(3) t(i)) to '"
                            + folder.resolve("c.parquet")
                            + "'");
        }
    }

    @Test
    void csvJsonLinesAndParquetAreReadFromThePipelinesFolder() {
        assertThat(sql("from 'a.csv'")).extracting(SourceRecord::id).containsExactly("1", "2", "3");
        assertThat(sql("select * from read_csv(['a.csv'])").get(1).fields())
                .containsEntry("text", "two, quoted");
        assertThat(sql("select * from 'a.csv' where id = 3").getFirst().fields())
                .containsEntry("text", null);
        assertThat(sql("select * from '*.parquet' order by id desc"))
                .extracting(SourceRecord::id)
                .containsExactly("p2", "p1", "p0");
        assertThat(sql("select * from 'c.parquet'").getFirst().fields())
                .containsEntry("at", "2026-01-02T03:04:05");
        var nested = sql("select * from 'b.jsonl'").getFirst().fields();
        assertThat(nested.get("tags")).isEqualTo(List.of("p", "q"));
        assertThat(nested.get("who")).isEqualTo(Map.of("name", "Ann"));
        assertThat(
                        sql(
                                "with t as (select id::varchar as id from 'a.csv') select id from t union all select id from 'b.jsonl'"))
                .hasSize(4);
    }

    @Test
    void aHashInACsvFileBeginsNoComment() throws Exception {
        new PipelineFolder(folder)
                .file("hash.csv", "id,text\n1,see ticket # 5\n#2,two\n3,\"a # b\"\n");

        assertThat(sql("from 'hash.csv'"))
                .extracting(record -> record.fields().get("text"))
                .containsExactly("see ticket # 5", "two", "a # b");
        assertThat(sql("from read_csv('hash.csv', comment = '#')")).hasSize(2);
    }

    @Test
    void aQuoteIsOneThoughTheFirstOfThemComesLate() throws Exception {
        var plain =
                IntStream.range(0, 25_000)
                        .mapToObj(number -> number + ",t\n")
                        .collect(Collectors.joining());
        new PipelineFolder(folder)
                .file("late.csv", "id,text\n" + plain + "x,\"say \"\"hi\"\"\"\ny,\"a, b\"\n");

        assertThat(sql("from 'late.csv' where id in ('x', 'y')"))
                .extracting(record -> record.fields().get("text"))
                .containsExactly("say \"hi\"", "a, b");
    }

    /** Exports of databases, where a quote is a character. */
    @Test
    void whatTheFirstRowsShowOfQuotesHolds() throws Exception {
        new PipelineFolder(folder)
                .file("inch.tsv", "id\ttext\n1\tsize 5\" pipe\n2\t\"x\n")
                .file("single.csv", "id,text\n1,'a,b'\n2,'c'\n");

        assertThat(sql("from 'inch.tsv'"))
                .extracting(record -> record.fields().get("text"))
                .containsExactly("size 5\" pipe", "\"x");
        assertThat(sql("from 'single.csv'"))
                .extracting(record -> record.fields().get("text"))
                .containsExactly("a,b", "c");
    }

    @Test
    void whatTheFirstRowsDidNotShowIsToldWithoutTheRow() throws Exception {
        var plain =
                IntStream.range(0, 25_000)
                        .mapToObj(number -> "{\"id\":" + number + "}\n")
                        .collect(Collectors.joining());
        new PipelineFolder(folder)
                .file("field.jsonl", plain + "{\"id\":25000,\"more\":\"secret\"}\n")
                .file("type.jsonl", plain + "{\"id\":\"secret\"}\n")
                .file("with.csv", "id,text\n1,a\n2,b\n")
                .file("without.csv", "3,secret\n4,d\n")
                .file("pipes.csv", "id|text\n1|a,b,c\n2|d,e,f\n");

        complains(
                "from 'field.jsonl'",
                "field.jsonl, line 25001: a field or a type that the first lines of the file did not show: read it with read_json('field.jsonl', sample_size = -1)");
        complains("from 'type.jsonl'", "type.jsonl, line 25001: a field or a type");
        assertThat(sql("from read_json('type.jsonl', sample_size = -1)")).hasSize(25_001);
        complains("from 'with*.csv'", "without.csv has other columns than with.csv");
        complains(
                "select id from 'pipes.csv'",
                "pipes.csv was not read as its header says: read the file with read_csv(…, header = true, delim = '|')");
    }

    @Test
    void anIdThatAFloatingPointNumberCannotHoldIsNoIdAnyMore() throws Exception {
        new PipelineFolder(folder)
                .file(
                        "ids.jsonl",
                        "{\"id\":9007199254740993}\n{\"id\":3.5}\n{\"id\":9007199254740992}\n");

        assertThat(unusable("from 'ids.jsonl'"))
                .hasSize(2)
                .allSatisfy(reason -> assertThat(reason).contains("write ids as texts"));
    }

    @Test
    void aQueryReadsNothingOutsideTheFolderAndWritesNothing() throws Exception {
        var outside = Files.createTempFile("outside", ".csv");
        try {
            Files.writeString(outside, "id\n1\n");
            assertThatThrownBy(() -> sql("from '" + outside + "'"))
                    .isInstanceOf(SourceException.class)
                    .hasMessageContaining("is outside the pipeline's folder");
            assertThatThrownBy(() -> sql("from '../" + outside.getFileName() + "'"))
                    .isInstanceOf(SourceException.class);
            assertThatThrownBy(() -> sql("copy (select 1) to 'x.csv'"))
                    .hasMessage("source.sql: must be one SELECT");
            assertThatThrownBy(() -> sql("select 1 as id; select 2 as id"))
                    .hasMessageContaining("must be one SELECT, not 2");
            assertThatThrownBy(() -> sql("set enable_external_access = true"))
                    .isInstanceOf(SourceException.class);
            assertThat(folder.resolve("x.csv")).doesNotExist();
        } finally {
            Files.delete(outside);
        }
    }

    @Test
    void aRecordNeedsAnId() {
        assertThatThrownBy(() -> sql("select text from 'a.csv'"))
                .hasMessageContaining("has no column id (it has text)");
        assertThat(unusable("select text as id from 'a.csv'"))
                .containsExactly("row 3 of the query, null: it has no id: every record needs one");
        assertThat(sql("select text as id from 'a.csv'")).hasSize(2);
        assertThatThrownBy(() -> sql("select nothing as id from 'a.csv'"))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("nothing");
    }

    @Test
    void aFolderOfTextsGivesOneRecordAFileInOrderOfNames() throws Exception {
        Files.createDirectories(folder.resolve("docs/deep"));
        Files.createDirectories(folder.resolve("docs/.git"));
        new PipelineFolder(folder)
                .file("docs/b.txt", "\uFEFFsecond")
                .file("docs/a.txt", "first")
                .file("docs/deep/c.md", "third")
                .file("docs/.git/x", "no");

        assertThat(texts("docs"))
                .extracting(SourceRecord::id)
                .containsExactly("docs/a.txt", "docs/b.txt", "docs/deep/c.md");
        assertThat(texts("docs/*.txt").get(1).fields())
                .containsEntry("text", "second")
                .containsEntry("path", "docs/b.txt");
        assertThatThrownBy(() -> texts("none/*.txt"))
                .hasMessageContaining("no file matches none/*.txt");
        assertThatThrownBy(() -> texts("none/*.txt"))
                .isNotInstanceOf(EmptySourceException.class)
                .hasMessageContaining("there is no folder none");
        assertThatThrownBy(() -> texts("docs/*.rtf")).isInstanceOf(EmptySourceException.class);
    }

    @Test
    void aTextFileInAnotherEncodingIsReadByItsName() throws Exception {
        Files.write(folder.resolve("a.txt"), "fine".getBytes(UTF_8));
        Files.write(folder.resolve("b.txt"), new byte[] {'c', 'a', 'f', (byte) 0xE9});
        var asUtf8 = new TextFilesSource(new PathRule(folder, false), "*.txt", UTF_8, List.of());
        var windows = Charset.forName("windows-1252");

        assertThat(unusable(asUtf8))
                .singleElement()
                .asString()
                .startsWith("b.txt, b.txt: the file is not UTF-8 text: ")
                .contains("encoding: windows-1252");
        assertThat(all(asUtf8)).extracting(SourceRecord::id).containsExactly("a.txt");
        assertThat(
                        all(
                                new TextFilesSource(
                                        new PathRule(folder, false), "*.txt", windows, List.of())))
                .extracting(record -> record.fields().get("text"))
                .containsExactly("fine", "caf\u00e9");
    }

    @Test
    void aCellOfACsvFileIsTheTextThatStandsThere() throws Exception {
        new PipelineFolder(folder)
                .file(
                        "cells.csv",
                        "id,price,code,share,flag,day,big\n10000000.0,1.10,0x1F,.097,yes,03/04/2024,12345678.0\n1e5,2,007,1e-05,no,2015/01/01 01:00:00,\n")
                .file("cells.tab", "id\tn\n-5\t1.0\n")
                .file("noheader.csv", "1.0,2\n3.50,4\n");

        var cells = sql("from 'cells.csv'");

        assertThat(cells).extracting(SourceRecord::id).containsExactly("10000000.0", "1e5");
        assertThat(cells.getFirst().fields())
                .containsEntry("price", "1.10")
                .containsEntry("code", "0x1F")
                .containsEntry("share", ".097")
                .containsEntry("flag", "yes")
                .containsEntry("day", "03/04/2024")
                .containsEntry("big", "12345678.0");
        assertThat(cells.get(1).fields())
                .containsEntry("code", "007")
                .containsEntry("share", "1e-05")
                .containsEntry("big", null);
        assertThat(
                        sql("select cells.id, price::double * 2 as twice from 'cells.csv'")
                                .getFirst()
                                .fields())
                .as("the query casts what it computes with")
                .containsEntry("twice", "2.2");
        assertThat(sql("select id, n from read_csv('cells.tab')").getFirst().fields())
                .containsEntry("n", "1.0");
        assertThat(sql("from 'cells.tab'").getFirst().id()).isEqualTo("-5");
        assertThat(sql("from './x/../cells.tab'")).hasSize(1);
        assertThat(sql("select column0 as id from 'noheader.csv'"))
                .extracting(SourceRecord::id)
                .containsExactly("1.0", "3.50");
        assertThat(
                        sql("select id, price from read_csv('cells.csv', types = {'price': 'DOUBLE'})")
                                .getFirst()
                                .fields())
                .as("a query that says its types has them")
                .containsEntry("price", "1.1");
    }

    @Test
    void typedCellsLeaveIdsAsTheyStand() throws Exception {
        new PipelineFolder(folder)
                .file("cells.csv", "key,price\n10000000.0,1.10\n007,2\n")
                .file("ids.csv", "ID,price\n1.0,1.10\n");

        assertThat(typed("select key as id, price from 'cells.csv'"))
                .extracting(SourceRecord::id)
                .containsExactly("10000000.0", "007");
        assertThat(typed("select key as id, price from 'cells.csv'").getFirst().fields())
                .containsEntry("price", "1.1");
        assertThat(
                        typed(
                                "with t as (select key as k, price from 'cells.csv') select k as id from t where price > 1.5"))
                .extracting(SourceRecord::id)
                .containsExactly("007");
        assertThat(typed("select id as id, price from 'ids.csv'").getFirst().id()).isEqualTo("1.0");
    }

    @Test
    void aStateMadeEarlierIsReadAsItWas() throws Exception {
        new PipelineFolder(folder).file("cells.csv", "id,price,flag\n1e5,1.10,yes\n");

        var record =
                all(new SqlSource(new PathRule(folder, false), "from 'cells.csv'", Reading.EARLIER))
                        .getFirst();

        assertThat(record.id()).isEqualTo("100000.0");
        assertThat(record.fields()).containsEntry("price", 1.1);
        assertThat(
                        all(new SqlSource(
                                        new PathRule(folder, false),
                                        "from 'b.jsonl'",
                                        Reading.EARLIER))
                                .getFirst()
                                .fields()
                                .get("who"))
                .hasToString("{name=Ann}");
    }

    @Test
    void jsonTextsAreTheirOwnTextWhateverStandsBesideThem() throws Exception {
        new PipelineFolder(folder)
                .file(
                        "mixed.jsonl",
                        """
                        {"id": 1, "text": "a", "any": 1.25, "more": {"b": ["x", 1.5, null, true]}}
                        {"id": "b2", "text": "say \\"b\\"", "any": "1.50", "more": [1, "two"]}
                        {"id": "3", "text": null, "any": false, "more": "plain"}
                        """);

        var records = sql("from 'mixed.jsonl'");

        assertThat(records).extracting(SourceRecord::id).containsExactly("1", "b2", "3");
        assertThat(records)
                .extracting(record -> record.fields().get("any"))
                .containsExactly("1.25", "1.50", false);
        assertThat(records.get(0).fields().get("more"))
                .hasToString("{\"b\":[\"x\",1.5,null,true]}");
        assertThat(records.get(1).fields().get("more")).hasToString("[1,\"two\"]");
        assertThat(records.get(2).fields()).containsEntry("more", "plain");
    }

    @Test
    void listsAndStructsAreShownAsJson() {
        var fields =
                sql("select 1 as id, {'author': 'Ann \"A\"', 'tags': ['x', 'y'], 'at': timestamp '2026-01-02 03:04:05'} as who, [1.5, null] as list, map {'k': 2} as map")
                        .getFirst()
                        .fields();

        assertThat(fields.get("who"))
                .hasToString(
                        "{\"author\":\"Ann \\\"A\\\"\",\"tags\":[\"x\",\"y\"],\"at\":\"2026-01-02T03:04:05\"}");
        assertThat(fields.get("list")).hasToString("[1.5,null]");
        assertThat(fields.get("map")).hasToString("{\"k\":2}");
    }

    @Test
    void aTimeOfAZoneHasTheSameTextOnEveryMachine() {
        assertThat(
                        sql("select 1 as id, timestamptz '2026-07-01 00:00:00+02' as at")
                                .getFirst()
                                .fields())
                .containsEntry("at", "2026-06-30T22:00:00Z");
        assertThat(
                        sql("select timestamptz '2026-07-01 00:00:00+02'::varchar as id")
                                .getFirst()
                                .id())
                .isEqualTo("2026-06-30 22:00:00+00");
    }

    @Test
    void aValueThatCannotBeShownMakesItsRowUnusableAndNoOther() {
        assertThat(
                        unusable(
                                "select * from (values ('a', time '10:00'), ('b', time '24:00')) t(id, closes)"))
                .singleElement()
                .asString()
                .startsWith(
                        "row 2 of the query, b: column closes holds a time of day that no clock shows")
                .contains("closes::varchar");
        for (var infinite :
                List.of("date 'infinity'", "timestamp '-infinity'", "[date 'infinity']")) {
            assertThat(unusable("select 1 as id, " + infinite + " as ends"))
                    .singleElement()
                    .asString()
                    .contains("1: column ends holds an infinite date");
        }
    }

    @Test
    void theDatabaseSaysWhereItStumbledAndNotOverWhat() throws Exception {
        var rows = rows(60_000);
        new PipelineFolder(folder)
                .file("late.csv", "id,n\n" + rows + "r,secret words\n")
                .file("ragged.csv", "id,n\n" + rows + "r,1,secret,3\n")
                .file("open.csv", "id,n\n" + rows + "r,\"secret\n")
                .file("long.csv", "id,n\na," + "secret".repeat(500_000) + "\n");
        Files.write(
                folder.resolve("latin.csv"),
                ("id,n\n" + rows + "secret,caf\u00E9\n").getBytes(StandardCharsets.ISO_8859_1));

        complains(
                "select id, n::int as n from 'late.csv'",
                "late.csv, line 60002: column n holds what is no INTEGER: mend the cell, or use try_cast");
        complainsTyped(
                "from 'late.csv'",
                "late.csv, line 60002: column n holds what is no BIGINT: mend the cell, or read cells as texts with \"csv: text\"");
        complains(
                "from 'ragged.csv'",
                "ragged.csv, line 60002: 3 columns, expected 2: mend the row, or read the file with read_csv(…, null_padding = true)");
        complains(
                "from 'latin.csv'",
                "latin.csv, line 60002: is not UTF-8: convert the file, or read it with read_csv(…, encoding = 'latin-1')");
        complains(
                "from 'long.csv'",
                "long.csv, line 2: the row is longer than 2000000 bytes: read the file with read_csv(…, max_line_size");
        complains(
                "select id, (id || ' secret')::int as n from 'a.csv'",
                "Could not convert string of a cell to INT32");
        complains("select sum(text) as id from 'a.csv'", "cells of CSV files are texts: cast them");
        assertThat(sql("select id from read_csv('latin.csv', encoding = 'latin-1')"))
                .hasSize(60_001);
        assertThat(sql("select id from read_csv('long.csv', max_line_size = 20000000)")).hasSize(1);
    }

    @Test
    void theLineOfARowThatIsTooLongIsItsOwn() throws Exception {
        var cell = "secret".repeat(550_000);
        new PipelineFolder(folder)
                .file("long.csv", "id,n\n1,a\n2,\"b\nc\"\n3," + cell + "\n4,d\n")
                .file("quoted.csv", "id,n\n1,a\n2,\"b\n" + cell + "\"\n4,d\n");

        complains("from 'long.csv'", "long.csv, line 5: the row is longer than 2000000 bytes");
        complains("from 'quoted.csv'", "quoted.csv, line 3: the row is longer than");
    }

    @Test
    void aFileThatWasReadAsOneColumnIsNamedWithItsLine() throws Exception {
        new PipelineFolder(folder)
                .file("ragged.csv", "id,n\n1,a\n2,\"x, \"\"y\"\",\nz\"\n3,secret,b\n4,c\n")
                .file("open.csv", "id,n\n1,a\n2,\"secret\n3,b, c\n4,d\n")
                .file("tabs.tsv", "\uFEFFid\tn\r\n\r\n1\n2\tb\tc\r\n");

        complains(
                "from 'ragged.csv'",
                "source.sql: ragged.csv was read as one column: line 5: 3 columns, the header has 2: mend the row, or read the file with read_csv(…, header = true, delim = ',', null_padding = true)");
        complains("select id, n from 'ragged.csv'", "ragged.csv was read as one column: line 5: ");
        complains("from 'open.csv'", "open.csv was read as one column: line 3: a quote stays open");
        complains(
                "from 'tabs.tsv'",
                "tabs.tsv has no rows of one length: line 3: 1 columns, the header has 2");
        assertThatThrownBy(() -> sql("select nothing as id from 'a.csv'"))
                .hasMessageContaining("Referenced column \"nothing\" not found");
    }

    @Test
    void anEmptyFileAndUtf16AreCalledSo() throws Exception {
        new PipelineFolder(folder).file("empty.csv", "");
        Files.write(
                folder.resolve("le.csv"),
                "\uFEFFid,n\n1,caf\u00E9\n".getBytes(StandardCharsets.UTF_16LE));
        Files.write(
                folder.resolve("be.csv"),
                "\uFEFFid,n\n1,caf\u00E9\n".getBytes(StandardCharsets.UTF_16BE));

        complains("from 'empty.csv'", "source.sql: empty.csv is empty");
        complains("select id, n from 'empty.csv'", "source.sql: empty.csv is empty");
        complains("from 'le.csv'", "le.csv: is UTF-16: convert the file to UTF-8, or read it");
        complains("from 'be.csv'", "be.csv: is UTF-16");
        assertThat(sql("from read_csv('le.csv', encoding = 'utf-16')")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "strptime(text, '%Y') ~ string of a cell according to \"%Y\": Error: Expected a number",
                "date_trunc(text, date '2020-01-01') ~ specifier not recognized",
                "regexp_replace('x', text || '(', '') ~ in a regular expression",
                "text::int ~ column text holds what is no INTEGER",
                "(text || 'x')::date ~ invalid date field format in a cell, expected format is (YYYY-MM-DD)",
                "text::json ~ column text holds what is no JSON"
            })
    void aComplaintSaysNothingOfWhatStandsInACell(String expression, String complaint)
            throws Exception {
        new PipelineFolder(folder).file("words.csv", "id,text\n1,top secret\n");

        assertThatThrownBy(() -> sql("select id, " + expression + " as t from 'words.csv'"))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining(complaint)
                .message()
                .doesNotContain("secret", "top");
    }

    @Test
    void aFolderWhoseNameIsAPatternIsRefusedInWords() throws Exception {
        var odd = Files.createDirectory(folder.resolve("what? *"));
        Files.writeString(odd.resolve("a.csv"), "id\n1\n");

        assertThatThrownBy(() ->
                        new SqlSource(new PathRule(odd, false), "from 'a.csv'", Reading.TEXT)
                                .open())
                .isInstanceOf(SourceException.class)
                .hasMessageEndingWith(
                        "what? * has a name with *, ?, [ or { in it, which a query takes for a pattern: rename the folder");
        assertThat(all(new TextFilesSource(new PathRule(odd, false), "*.csv", UTF_8, List.of())))
                .hasSize(1);
    }

    @Test
    void whatNoSourceReadsIsSaid() {
        complains(
                "from 'sheet.xlsx'",
                "sheet.xlsx is no file a source reads: it reads .csv, .tsv, .jsonl, .json and .parquet files");
        complains(
                "from 'https://example.com/a.csv'",
                "is not fetched: a source reads files, so download it");
        complains("from read_csv('gs://bucket/a.csv')", "is not fetched");
        complains("from query('select 1 as id')", "query() reads what cannot be looked at before");
        complains(
                "from read_csv('a' || '.csv')",
                "read_csv() needs the names of its files written out");
    }

    @Test
    void aLinkOutOfTheFolderIsOutside() throws Exception {
        var outside = Files.createTempDirectory("outside");
        try {
            Files.writeString(outside.resolve("x.csv"), "id\n1\n");
            Files.writeString(outside.resolve("x.txt"), "one");
            Files.createDirectory(folder.resolve("docs"));
            Files.createSymbolicLink(folder.resolve("link.csv"), outside.resolve("x.csv"));
            Files.createSymbolicLink(folder.resolve("linked"), outside);
            Files.createSymbolicLink(folder.resolve("docs/x.txt"), outside.resolve("x.txt"));

            for (var name :
                    List.of(
                            "link.csv",
                            "lin*.csv",
                            "linked/x.csv",
                            "linked/*.csv",
                            "*/x.csv",
                            "*/../../x.csv",
                            "../" + folder.getFileName() + "x/y.csv")) {
                complains("from '" + name + "'", "outside the pipeline's folder");
            }
            for (var glob :
                    List.of(
                            "docs",
                            "docs/*.txt",
                            "linked",
                            "linked/*.txt",
                            "..",
                            "../*.txt",
                            outside.toString())) {
                assertThatThrownBy(() -> texts(glob))
                        .isInstanceOf(SourceException.class)
                        .hasMessageContaining("outside the pipeline's folder");
            }
            var allowed = new PathRule(folder, true);
            assertThat(all(new SqlSource(allowed, "from 'link.csv'", Reading.TEXT))).hasSize(1);
            assertThat(all(new SqlSource(allowed, "from '" + outside + "/*.csv'", Reading.TEXT)))
                    .hasSize(1);
            assertThat(all(new TextFilesSource(allowed, outside + "/*.txt", UTF_8, List.of())))
                    .hasSize(1);
            assertThat(all(new TextFilesSource(allowed, "docs", UTF_8, List.of()))).hasSize(1);
        } finally {
            Files.delete(outside.resolve("x.csv"));
            Files.delete(outside.resolve("x.txt"));
            Files.delete(outside);
        }
    }

    @Test
    void twoStarsMeanNoFolderToo() throws Exception {
        Files.createDirectories(folder.resolve("docs/sub/deep"));
        new PipelineFolder(folder)
                .file("docs/a.txt", "a")
                .file("docs/sub/b.txt", "b")
                .file("docs/sub/deep/c.txt", "c")
                .file("docs/sub/d.md", "d");

        assertThat(texts("docs/**/*.txt"))
                .extracting(SourceRecord::id)
                .containsExactly("docs/a.txt", "docs/sub/b.txt", "docs/sub/deep/c.txt");
        assertThat(texts("./docs/*.txt")).hasSize(1);
        assertThat(texts("docs/x/../*.txt")).hasSize(1);
        assertThat(texts("docs/**/*.{txt,md}")).hasSize(4);
        assertThat(texts("docs/sub/[a-b].txt")).hasSize(1);
        assertThat(texts("**/c.txt")).hasSize(1);
        assertThatThrownBy(() -> texts("docs/[a.txt"))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("is not a pattern: a [ stays open");
        assertThatThrownBy(() -> texts("docs/*.rtf"))
                .hasMessageContaining("no file matches docs/*.rtf");
    }

    private void complains(String query, String words) {
        assertThatThrownBy(() -> sql(query))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining(words)
                .hasMessageNotContaining("secret")
                .hasMessageNotContaining(folder.toString() + "/");
    }

    @Test
    void aTextThatIsNoJsonIsNotRepeated() {
        complains("select 1 as id, ('{secret' || 1)::json as j", "Malformed JSON at byte 1");
        complains("select 1 as id, ('\"secret \\ud83d' || '\"')::json as j", "Malformed JSON");
    }

    private void complainsTyped(String query, String words) {
        assertThatThrownBy(() -> typed(query))
                .hasMessageContaining(words)
                .hasMessageNotContaining("secret");
    }

    private static String rows(int count) {
        var rows = new StringBuilder();
        for (int row = 0; row < count; row++) {
            rows.append('r').append(row).append(',').append(row).append('\n');
        }
        return rows.toString();
    }

    private List<SourceRecord> typed(String query) {
        return all(new SqlSource(new PathRule(folder, false), query, Reading.TYPED));
    }

    private List<SourceRecord> sql(String query) {
        return all(new SqlSource(new PathRule(folder, false), query, Reading.TEXT));
    }

    private List<SourceRecord> texts(String glob) {
        return all(new TextFilesSource(new PathRule(folder, false), glob, UTF_8, List.of()));
    }

    private List<String> unusable(RecordSource source) {
        var reasons = new ArrayList<String>();
        try (var cursor = source.open()) {
            for (var item = cursor.next(); item != null; item = cursor.next()) {
                if (item instanceof UnusableRecord(var id, var reason)) {
                    reasons.add(cursor.place().orElseThrow() + ", " + id + ": " + reason);
                }
            }
        }
        return reasons;
    }

    private List<String> unusable(String query) {
        return unusable(new SqlSource(new PathRule(folder, false), query, Reading.TEXT));
    }

    private static List<SourceRecord> all(RecordSource source) {
        var records = new ArrayList<SourceRecord>();
        try (var cursor = source.open()) {
            for (var item = cursor.next(); item != null; item = cursor.next()) {
                if (item instanceof SourceRecord record) {
                    records.add(record);
                }
            }
        }
        return records;
    }
}
