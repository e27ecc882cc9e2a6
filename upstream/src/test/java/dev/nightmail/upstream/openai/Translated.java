package dev.nightmail.upstream.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.core.memory.MemoryShare;
import dev.nightmail.upstream.Gathered;
import dev.nightmail.upstream.http.HttpHeaders;
import dev.nightmail.upstream.http.HttpOutcome;
import java.io.IOException;
import java.net.URI;
import java.util.List;

/** What the adapter makes of an answer, without a network in between. */
final class Translated {

    private static final OpenAiConfig CONFIG =
            new OpenAiConfig("local", URI.create("http://127.0.0.1:9/v1"), null, "nightmail/0");

    private Translated() {}

    static String message(ChatRequest request, String completion) {
        var reading =
                new Answers(CONFIG)
                        .completion(
                                new HttpOutcome.Complete(
                                        200, HttpHeaders.NONE, completion.getBytes(UTF_8)),
                                request,
                                "standard");
        return new String(((Reading.Answered) reading).message().array(), UTF_8);
    }

    static String events(ChatRequest request, List<byte[]> stream) throws IOException {
        return told(request, "text/event-stream; charset=utf-8", stream);
    }

    static String eventsOfWhole(ChatRequest request, String completion) throws IOException {
        return told(request, "application/json", List.of(completion.getBytes(UTF_8)));
    }

    private static String told(ChatRequest request, String contentType, List<byte[]> pieces)
            throws IOException {
        var sink = new Gathered();
        var streamed =
                new StreamedAnswer(
                        request,
                        new Answers(CONFIG),
                        1 << 20,
                        MemoryShare.UNCOUNTED,
                        sink,
                        new Reply("local", sink));
        streamed.begin(200, HttpHeaders.NONE.with("content-type", contentType));
        for (var piece : pieces) {
            streamed.body(piece, 0, piece.length);
        }
        streamed.end();
        return sink.text();
    }
}
