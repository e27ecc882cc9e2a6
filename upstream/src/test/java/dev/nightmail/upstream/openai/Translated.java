package dev.nightmail.upstream.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.core.memory.MemoryShare;
import dev.nightmail.upstream.Gathered;
import dev.nightmail.upstream.http.HttpHeaders;
import dev.nightmail.upstream.http.HttpOutcome;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Random;

/** What the adapter makes of an answer, without a network in between. */
final class Translated {

    private static final OpenAiConfig CONFIG =
            new OpenAiConfig("local", URI.create("http://127.0.0.1:9/v1"), null, "nightmail/0");

    private Translated() {}

    static String message(ChatRequest request, String completion) {
        return new String(
                ((Reading.Answered) reading(request, completion)).message().array(), UTF_8);
    }

    /** What a plain call comes to, whatever this is. */
    static Reading reading(ChatRequest request, String body) {
        return new Answers(CONFIG, new Random(1))
                .completion(
                        new HttpOutcome.Complete(200, HttpHeaders.NONE, body.getBytes(UTF_8)),
                        request,
                        "standard");
    }

    static String events(ChatRequest request, List<byte[]> stream) throws IOException {
        return told(request, "text/event-stream; charset=utf-8", stream);
    }

    /** Of a server that calls its answers something else. */
    static String eventsCalled(String contentType, ChatRequest request, List<byte[]> stream)
            throws IOException {
        return told(request, contentType, stream);
    }

    static String eventsOfWhole(ChatRequest request, String completion) throws IOException {
        return told(request, "application/json", List.of(completion.getBytes(UTF_8)));
    }

    static String events(Answers answers, ChatRequest request, String stream) throws IOException {
        return told(answers, request, "text/event-stream", List.of(stream.getBytes(UTF_8)));
    }

    private static String told(ChatRequest request, String contentType, List<byte[]> pieces)
            throws IOException {
        return told(new Answers(CONFIG, new Random(1)), request, contentType, pieces);
    }

    private static String told(
            Answers answers, ChatRequest request, String contentType, List<byte[]> pieces)
            throws IOException {
        var sink = new Gathered();
        var streamed =
                new StreamedAnswer(
                        request,
                        new RefusedExtras(),
                        answers,
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
