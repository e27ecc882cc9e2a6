package dev.nightmail.upstream.openai;

import dev.nightmail.upstream.http.HttpCall;
import dev.nightmail.upstream.http.HttpExchanges;
import dev.nightmail.upstream.http.HttpHeaders;
import dev.nightmail.upstream.http.HttpOutcome;
import dev.nightmail.upstream.json.JsonWriter;
import dev.nightmail.upstream.json.RawJson;
import java.time.Duration;
import java.util.Optional;

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
    private final Answers answers;

    TokenCounter(HttpExchanges http, Calls calls, Answers answers) {
        this.http = http;
        this.calls = calls;
        this.answers = answers;
    }

    /** What counting came to. */
    sealed interface Count {
        record Told(long tokens) implements Count {}

        /** The server has no tokenizer to ask. */
        record NoTokenizer() implements Count {}

        record Failed(Reading reading, HttpHeaders headers) implements Count {}
    }

    /** What one question came to: an answer, or the end of counting. */
    private sealed interface Asked {
        record Answered(RawJson.Members answer) implements Asked {}

        record Ended(Count count) implements Asked {}
    }

    Count count(ChatRequest request, Duration timeout) throws InterruptedException {
        return switch (ask(calls.tokenize(request.body(), timeout))) {
            case Asked.Ended(var count) -> count;
            case Asked.Answered(var answer) -> {
                var count = answer.count("count");
                yield count.isPresent()
                        ? new Count.Told(count.getAsLong())
                        : countInTwo(request, timeout);
            }
        };
    }

    private Count countInTwo(ChatRequest request, Duration timeout) throws InterruptedException {
        return switch (askOfPrompt(calls.applyTemplate(request.body(), timeout))) {
            case Asked.Ended(var count) -> count;
            case Asked.Answered(var answer) -> {
                var prompt = answer.text("prompt");
                yield prompt == null ? new Count.NoTokenizer() : countText(prompt, timeout);
            }
        };
    }

    private Count countText(RawJson.Text prompt, Duration timeout) throws InterruptedException {
        var out = new JsonWriter(prompt.span().length() + 64);
        out.beginObject();
        out.name("content").value(prompt);
        // As the server reads its own prompts: with the token they begin with, and those of the
        // template.
        out.name("add_special").value(true);
        out.name("parse_special").value(true);
        out.endObject();
        return switch (ask(calls.tokenize(out.toByteArray(), timeout))) {
            case Asked.Ended(var count) -> count;
            case Asked.Answered(var answer) ->
                    answer.members().get("tokens") instanceof RawJson.Items list
                            ? new Count.Told(list.items().size())
                            : new Count.NoTokenizer();
        };
    }

    /** What a server with a tokenizer says against a prompt is about the prompt. */
    private Asked askOfPrompt(HttpCall call) throws InterruptedException {
        var outcome = http.exchange(call, ANSWER_BYTES_MAX);
        return outcome instanceof HttpOutcome.Complete(int status, var headers, var _)
                        && (status == 400 || status == 422)
                ? new Asked.Ended(new Count.Failed(answers.problem(outcome), headers))
                : asked(outcome);
    }

    private Asked ask(HttpCall call) throws InterruptedException {
        return asked(http.exchange(call, ANSWER_BYTES_MAX));
    }

    private Asked asked(HttpOutcome outcome) {
        if (outcome instanceof HttpOutcome.Complete(int status, var _, var body)) {
            if (hasNoSuchCall(status)) {
                return new Asked.Ended(new Count.NoTokenizer());
            }
            if (Answers.isGood(status)) {
                return object(body)
                        .<Asked>map(Asked.Answered::new)
                        .orElseGet(() -> new Asked.Ended(new Count.NoTokenizer()));
            }
        }
        return new Asked.Ended(
                new Count.Failed(answers.problem(outcome), Answers.headers(outcome)));
    }

    private static Optional<RawJson.Members> object(byte[] body) {
        return RawJson.parse(body)
                .filter(RawJson.Members.class::isInstance)
                .map(RawJson.Members.class::cast);
    }

    /**
     * Whether a server says with this status that it does not know the call, or not in this form.
     * That it does not let us in there says nothing of the API beside it: many gateways answer so
     * whatever they do not know.
     */
    private static boolean hasNoSuchCall(int status) {
        return switch (status) {
            case 400, 401, 403, 404, 405, 422, 501 -> true;
            // Elsewhere, that is: a login, or a page that explains the API.
            default -> status >= 300 && status < 400;
        };
    }
}
