package dev.nightmail.bench.soak;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Pattern;

/**
 * Well-formed work for hostile upstreams, by a key of its own: batches, some of which are canceled
 * or read in part, and calls whose client leaves early. What becomes of it is the server's affair.
 */
final class HostileWork implements AutoCloseable {

    private static final int REQUESTS = 40;
    private static final int BATCHES_MAX = 6;
    private static final Pattern ID = Pattern.compile("msgbatch_[0-9A-Za-z]+");

    private final URI url;
    private final String key;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Deque<String> batches = new ArrayDeque<>();
    private int requests;
    private int calls;

    HostileWork(URI url, String key) {
        this.url = url;
        this.key = key;
    }

    /** Hands in one batch more, and cancels the oldest when there are many. */
    void batch() throws InterruptedException {
        var body = new StringBuilder("{\"requests\":[");
        for (int i = 0; i < REQUESTS; i++) {
            int number = requests++;
            body.append(i == 0 ? "" : ",")
                    .append(
                            "{\"custom_id\":\"h-"
                                    + number
                                    + "\",\"params\":"
                                    + params(number, "h-" + number, "")
                                    + "}");
        }
        var id =
                ID.matcher(
                        send("POST", "/v1/messages/batches", body.append("]}").toString(), 4_096));
        if (id.find()) {
            batches.add(id.group());
        }
        if (batches.size() > BATCHES_MAX) {
            var oldest = batches.remove();
            send("POST", "/v1/messages/batches/" + oldest + "/cancel", "", 4_096);
            send("GET", "/v1/messages/batches/" + oldest + "/results", "", 100);
        }
    }

    /** Calls, and leaves after a few bytes of the answer or a few seconds without one. */
    void call(boolean stream) throws InterruptedException {
        var body = params(calls++, "now", stream ? ",\"stream\":true" : "");
        send("POST", "/v1/messages", body, 200);
    }

    private static String params(int number, String name, String more) {
        var model = number % 2 == 0 ? "hostile-a" : "strange-a";
        return "{\"model\":\"%s\",\"max_tokens\":16,\"messages\":[{\"role\":\"user\",\"content\":\"call %s.\"}]%s}"
                .formatted(model, name, more);
    }

    /**
     * @return so much of the answer at most; empty if there was none
     */
    private String send(String method, String path, String body, int bytesMax)
            throws InterruptedException {
        var request =
                HttpRequest.newBuilder(url.resolve(path))
                        .method(method, BodyPublishers.ofString(body))
                        .header("x-api-key", key)
                        .header("anthropic-version", "2023-06-01")
                        .header("content-type", "application/json")
                        .timeout(Duration.ofSeconds(5))
                        .build();
        try {
            HttpResponse<InputStream> response = client.send(request, BodyHandlers.ofInputStream());
            try (var in = response.body()) {
                return new String(in.readNBytes(bytesMax), StandardCharsets.UTF_8);
            }
        } catch (IOException _) {
            return "";
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
        client.close();
    }
}
