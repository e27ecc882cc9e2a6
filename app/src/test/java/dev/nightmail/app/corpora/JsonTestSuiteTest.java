package dev.nightmail.app.corpora;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * JSONTestSuite through the whole server: what is JSON reaches the upstream and comes back in the
 * results byte for byte, what is not is refused with the place where it goes wrong. Only line feeds
 * and carriage returns between tokens are changed, into spaces, since a request and a result are
 * one line each.
 */
class JsonTestSuiteTest {

    /** What becomes of JSON that the standard leaves to the reader. */
    private enum Treatment {
        CARRIED,

        /** Reaches the upstream as it is; in an answer it makes that answer unreadable. */
        CARRIED_TO_THE_UPSTREAM,
        REFUSED
    }

    /**
     * Numbers and escapes mean whatever the upstream takes them for: we carry their characters.
     * What is not UTF-8 is refused, with a byte order mark or without, since the wire has no other
     * encoding; so is what is nested deeper than a stack should go.
     */
    private static final Map<String, Treatment> LEFT_OPEN =
            Map.ofEntries(
                    Map.entry("i_number_double_huge_neg_exp.json", Treatment.CARRIED),
                    Map.entry("i_number_huge_exp.json", Treatment.CARRIED),
                    Map.entry("i_number_neg_int_huge_exp.json", Treatment.CARRIED),
                    Map.entry("i_number_pos_double_huge_exp.json", Treatment.CARRIED),
                    Map.entry("i_number_real_neg_overflow.json", Treatment.CARRIED),
                    Map.entry("i_number_real_pos_overflow.json", Treatment.CARRIED),
                    Map.entry("i_number_real_underflow.json", Treatment.CARRIED),
                    Map.entry("i_number_too_big_neg_int.json", Treatment.CARRIED),
                    Map.entry("i_number_too_big_pos_int.json", Treatment.CARRIED),
                    Map.entry("i_number_very_big_negative_int.json", Treatment.CARRIED),
                    Map.entry(
                            "i_object_key_lone_2nd_surrogate.json",
                            Treatment.CARRIED_TO_THE_UPSTREAM),
                    Map.entry("i_string_1st_surrogate_but_2nd_missing.json", Treatment.CARRIED),
                    Map.entry("i_string_1st_valid_surrogate_2nd_invalid.json", Treatment.CARRIED),
                    Map.entry("i_string_UTF-16LE_with_BOM.json", Treatment.REFUSED),
                    Map.entry("i_string_UTF-8_invalid_sequence.json", Treatment.REFUSED),
                    Map.entry("i_string_UTF8_surrogate_U+D800.json", Treatment.REFUSED),
                    Map.entry(
                            "i_string_incomplete_surrogate_and_escape_valid.json",
                            Treatment.CARRIED),
                    Map.entry("i_string_incomplete_surrogate_pair.json", Treatment.CARRIED),
                    Map.entry(
                            "i_string_incomplete_surrogates_escape_valid.json", Treatment.CARRIED),
                    Map.entry("i_string_invalid_lonely_surrogate.json", Treatment.CARRIED),
                    Map.entry("i_string_invalid_surrogate.json", Treatment.CARRIED),
                    Map.entry("i_string_invalid_utf-8.json", Treatment.REFUSED),
                    Map.entry("i_string_inverted_surrogates_U+1D11E.json", Treatment.CARRIED),
                    Map.entry("i_string_iso_latin_1.json", Treatment.REFUSED),
                    Map.entry("i_string_lone_second_surrogate.json", Treatment.CARRIED),
                    Map.entry("i_string_lone_utf8_continuation_byte.json", Treatment.REFUSED),
                    Map.entry("i_string_not_in_unicode_range.json", Treatment.REFUSED),
                    Map.entry("i_string_overlong_sequence_2_bytes.json", Treatment.REFUSED),
                    Map.entry("i_string_overlong_sequence_6_bytes.json", Treatment.REFUSED),
                    Map.entry("i_string_overlong_sequence_6_bytes_null.json", Treatment.REFUSED),
                    Map.entry("i_string_truncated-utf-8.json", Treatment.REFUSED),
                    Map.entry("i_string_utf16BE_no_BOM.json", Treatment.REFUSED),
                    Map.entry("i_string_utf16LE_no_BOM.json", Treatment.REFUSED),
                    Map.entry("i_structure_500_nested_arrays.json", Treatment.REFUSED),
                    Map.entry("i_structure_UTF-8_BOM_empty_object.json", Treatment.REFUSED));

    private static final String PROMPT = "\"Say it again.\"";

    /** Where a refusal says that it went wrong. */
    private static final String PLACE = "at line \\d+, column \\d+ \\(byte \\d+\\)";

    private static EchoedServer server;

    private final SoftAssertions softly = new SoftAssertions();

    @BeforeAll
    static void start() throws IOException {
        server = new EchoedServer();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @AfterEach
    void serverIsAliveAndClean() throws IOException {
        softly.assertAll();
        server.assertAliveAndClean();
    }

    @Test
    void jsonInsideParamsReachesTheUpstreamAndComesBackByteForByte() throws IOException {
        for (var file : Corpora.jsonFiles("y_")) {
            assertCarried(file, Treatment.CARRIED);
        }
    }

    @Test
    void anObjectAsParamsIsKeptByteForByte() throws IOException {
        int objects = 0;
        for (var file : Corpora.jsonFiles("y_")) {
            var json = EchoedServer.bytes(file);
            if (json.strip().startsWith("{")) {
                var id = server.create(batch(json)).id();

                softly.assertThat(server.requests(id))
                        .as(Corpora.name(file))
                        .isEqualTo(requestLine(json));
                // No model is named, so no upstream is asked: the request has its own error.
                softly.assertThat(server.results(id))
                        .as(Corpora.name(file))
                        .startsWith("{\"custom_id\":\"a\",\"result\":{\"type\":\"errored\",")
                        .contains("invalid_request_error");
                objects++;
            }
        }
        assertThat(objects).isPositive();
        assertThat(server.upstream.takeReceived()).isEmpty();
    }

    @Test
    void anyOtherJsonAsParamsIsRefused() throws IOException {
        int before = server.batches();
        for (var file : Corpora.jsonFiles("y_")) {
            var json = EchoedServer.bytes(file);
            if (!json.strip().startsWith("{")) {
                assertRefused(
                        Corpora.name(file),
                        server.create(batch(json)),
                        "requests\\.0\\.params: Input should be an object");
            }
        }
        assertThat(server.batches()).isEqualTo(before);
    }

    @Test
    void noJsonOfTheSuiteIsABatchByItself() throws IOException {
        int before = server.batches();
        for (var file : Corpora.jsonFiles("y_")) {
            var json = EchoedServer.bytes(file);
            assertRefused(
                    Corpora.name(file),
                    server.create(json),
                    json.strip().startsWith("{")
                            ? ".*requests: Field required"
                            : "the body: Input should be an object");
        }
        assertThat(server.batches()).isEqualTo(before);
    }

    @Test
    void whatIsNoJsonIsRefusedWhereverItStands() throws IOException {
        int before = server.batches();
        for (var file : Corpora.jsonFiles("n_")) {
            var name = Corpora.name(file);
            var json = EchoedServer.bytes(file);
            assertRefused(name, server.create(batch(json)), notJson());
            assertRefused(name, server.create(batch(EchoUpstream.params(json, PROMPT))), notJson());
            // That it is no object shows sooner than that it is no JSON.
            assertRefused(
                    name, server.create(json), notJson() + "|the body: Input should be an object");
        }
        assertThat(server.batches()).isEqualTo(before);
    }

    @Test
    void whatTheStandardLeavesOpenIsDecided() throws IOException {
        var undecided = new TreeMap<>(LEFT_OPEN);
        for (var file : Corpora.jsonFiles("i_")) {
            var name = Corpora.name(file);
            var treatment = decided(undecided, name);
            switch (treatment) {
                case CARRIED, CARRIED_TO_THE_UPSTREAM -> assertCarried(file, treatment);
                case REFUSED ->
                        assertRefused(
                                name,
                                server.create(
                                        batch(
                                                EchoUpstream.params(
                                                        EchoedServer.bytes(file), PROMPT))),
                                notJson());
            }
        }
        assertThat(undecided).isEmpty();
    }

    private static Treatment decided(Map<String, Treatment> undecided, String name) {
        var treatment = undecided.remove(name);
        if (treatment == null) {
            throw new AssertionError("what becomes of " + name + " is not decided");
        }
        return treatment;
    }

    private void assertCarried(Path file, Treatment treatment) {
        var name = Corpora.name(file);
        var json = EchoedServer.bytes(file);
        var params = EchoUpstream.params(json, PROMPT);
        server.upstream.takeReceived();

        var id = server.create(batch(params)).id();
        var results = server.results(id);

        softly.assertThat(server.requests(id)).as(name).isEqualTo(requestLine(params));
        softly.assertThat(server.upstream.takeReceived())
                .as(name)
                .isNotEmpty()
                .containsOnly(onOneLine(params));
        if (treatment == Treatment.CARRIED) {
            softly.assertThat(results)
                    .as(name)
                    .startsWith("{\"custom_id\":\"a\",\"result\":{\"type\":\"succeeded\",")
                    .contains(EchoUpstream.echoed(onOneLine(json)));
        } else {
            softly.assertThat(results)
                    .as(name)
                    .contains("upstream echo answered with something that is not a Message");
        }
    }

    private void assertRefused(String name, EchoedServer.Created created, String message) {
        softly.assertThat(created.status()).as(name).isEqualTo(400);
        softly.assertThat(created.errorType()).as(name).isEqualTo("invalid_request_error");
        softly.assertThat(created.message()).as(name).matches(message);
    }

    private static String notJson() {
        return "the body is not valid JSON: .+ " + PLACE;
    }

    private static String batch(String params) {
        return "{\"requests\":[{\"custom_id\":\"a\",\"params\":" + params + "}]}";
    }

    private static String requestLine(String params) {
        return "{\"custom_id\":\"a\",\"params\":" + onOneLine(params.strip()) + "}\n";
    }

    private static String onOneLine(String json) {
        return json.replace('\n', ' ').replace('\r', ' ');
    }
}
