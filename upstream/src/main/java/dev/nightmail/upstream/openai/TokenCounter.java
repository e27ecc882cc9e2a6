package dev.nightmail.upstream.openai;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.upstream.http.HttpCall;
import dev.nightmail.upstream.http.HttpExchanges;
import dev.nightmail.upstream.http.HttpOutcome;
import dev.nightmail.upstream.json.JsonWriter;
import dev.nightmail.upstream.json.RawJson;
import java.time.Duration;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Counts the tokens of a prompt with the server's own tokenizer. The API has no call for it, but
 * the servers people run have one beside it: vLLM counts a conversation in one call ({@code
 * /tokenize}), llama.cpp in two ({@code /apply-template}, then {@code /tokenize} of the text). An
 * estimate of our own would look like knowledge, so where there is neither there is no count.
 */
final class TokenCounter {

    private static final int ANSWER_BYTES_MAX = 64 << 20;

    private final HttpExchanges http;
    private final Calls calls;

    TokenCounter(HttpExchanges http, Calls calls) {
        this.http = http;
        this.calls = calls;
    }

    static JsonBytes json(long inputTokens) {
        var out = new JsonWriter(32);
        out.beginObject();
        out.name("input_tokens").value(inputTokens);
        out.endObject();
        return JsonBytes.of(out.toByteArray());
    }

    /**
     * @return empty if the server has no tokenizer to ask
     */
    OptionalLong count(ChatRequest request, Duration timeout) throws InterruptedException {
        var whole = ask(calls.tokenize(request.body(), timeout));
        if (whole == null) {
            return OptionalLong.empty();
        }
        var count = whole.count("count");
        return count.isPresent() ? count : countInTwo(request, timeout);
    }

    private OptionalLong countInTwo(ChatRequest request, Duration timeout)
            throws InterruptedException {
        var applied = ask(calls.applyTemplate(request.body(), timeout));
        var prompt = applied == null ? null : applied.text("prompt");
        if (prompt == null) {
            return OptionalLong.empty();
        }
        var out = new JsonWriter(prompt.span().length() + 64);
        out.beginObject();
        out.name("content").value(prompt);
        // As the server reads its own prompts: with the token they begin with, and those of the
        // template.
        out.name("add_special").value(true);
        out.name("parse_special").value(true);
        out.endObject();
        var tokens = ask(calls.tokenize(out.toByteArray(), timeout));
        return tokens != null && tokens.members().get("tokens") instanceof RawJson.Items list
                ? OptionalLong.of(list.items().size())
                : OptionalLong.empty();
    }

    private RawJson.@Nullable Members ask(HttpCall call) throws InterruptedException {
        return http.exchange(call, ANSWER_BYTES_MAX)
                                instanceof HttpOutcome.Complete(int status, var _, var body)
                        && status == 200
                        && RawJson.parse(body).orElse(null) instanceof RawJson.Members answer
                ? answer
                : null;
    }
}
