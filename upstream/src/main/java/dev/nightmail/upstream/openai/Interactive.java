package dev.nightmail.upstream.openai;

import dev.nightmail.core.error.ErrorType;
import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.upstream.AnswerSink;
import dev.nightmail.core.upstream.Call;
import dev.nightmail.core.upstream.Call.Endpoint;
import dev.nightmail.upstream.http.HttpCall;
import dev.nightmail.upstream.http.HttpExchanges;
import dev.nightmail.upstream.http.HttpHeaders;
import dev.nightmail.upstream.http.HttpOutcome;
import dev.nightmail.upstream.json.JsonWriter;
import dev.nightmail.upstream.openai.ChatRequest.Purpose;
import dev.nightmail.upstream.openai.TokenCounter.Count;
import dev.nightmail.upstream.wire.ModelQuery;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Answers a call while its client waits. */
final class Interactive {

    private final OpenAiConfig config;
    private final HttpExchanges http;
    private final Calls calls;
    private final Answers answers;
    private final RefusedExtras refused;
    private final TokenCounter counter;

    Interactive(
            OpenAiConfig config,
            HttpExchanges http,
            Calls calls,
            Answers answers,
            RefusedExtras refused) {
        this.config = config;
        this.http = http;
        this.calls = calls;
        this.answers = answers;
        this.refused = refused;
        this.counter = new TokenCounter(http, calls, answers);
    }

    /**
     * @throws RefusedException if it asks for what has no counterpart; nothing is sent then
     * @throws IOException if the client is gone
     */
    void answer(Call call, AnswerSink sink, Reply reply)
            throws RefusedException, IOException, InterruptedException {
        switch (call.endpoint()) {
            case Endpoint.Messages _ -> message(call, sink, reply);
            case Endpoint.CountTokens _ -> count(call, reply);
            case Endpoint.Models(var query) -> models(call, parsed(query), reply);
            case Endpoint.Model(var id) -> model(call, id, reply);
        }
    }

    private void message(Call call, AnswerSink sink, Reply reply)
            throws RefusedException, IOException, InterruptedException {
        try (var memory = http.memory()) {
            // Without what was refused by name; each extra only once.
            for (boolean again = true; again; ) {
                var request = request(call, Purpose.ANSWER);
                var httpCall = calls.chat(request, call.timeout());
                if (request.stream()) {
                    var streamed =
                            new StreamedAnswer(
                                    request,
                                    refused,
                                    answers,
                                    config.answerBytesMax(),
                                    memory,
                                    sink,
                                    reply);
                    stream(httpCall, streamed, reply);
                    again = streamed.isToBeSentAgain();
                } else {
                    var outcome = http.exchange(httpCall.holding(memory), config.answerBytesMax());
                    again = refused.learn(request, outcome);
                    if (!again) {
                        reply.send(
                                answers.completion(outcome, request, "standard"),
                                Answers.headers(outcome));
                    }
                }
            }
        }
    }

    private ChatRequest request(Call call, Purpose purpose) throws RefusedException {
        return ChatRequest.of(call.body(), purpose, config.maxTokensField(), refused);
    }

    private void stream(HttpCall httpCall, StreamedAnswer streamed, Reply reply)
            throws IOException, InterruptedException {
        try {
            switch (http.stream(httpCall, streamed)) {
                case HttpOutcome.Complete _ -> streamed.end();
                case HttpOutcome.NotSent(var step) ->
                        reply.send(answers.notSent(step), HttpHeaders.NONE);
                case HttpOutcome.Broken(var step) -> streamed.fail(answers.broken(step));
            }
        } catch (BrokenAnswerException e) {
            streamed.fail(answers.broken(e.step()));
        }
    }

    private void count(Call call, Reply reply)
            throws RefusedException, IOException, InterruptedException {
        var request = request(call, Purpose.COUNT);
        switch (counter.count(request, call.timeout())) {
            case Count.Told(long tokens) -> reply.json(counted(tokens));
            case Count.NoTokenizer _ ->
                    reply.error(
                            ErrorType.NOT_FOUND_ERROR,
                            "upstream %s does not count tokens: no tokenizer was found there"
                                    .formatted(config.name()));
            case Count.Failed(var reading, var headers) -> reply.send(reading, headers);
        }
    }

    private static JsonBytes counted(long tokens) {
        var out = new JsonWriter(32);
        out.beginObject();
        out.name("input_tokens").value(tokens);
        out.endObject();
        return JsonBytes.of(out.toByteArray());
    }

    private void models(Call call, ModelQuery query, Reply reply)
            throws RefusedException, IOException, InterruptedException {
        var models = models(call, reply);
        if (models != null) {
            try {
                reply.json(models.page(query));
            } catch (IllegalArgumentException e) {
                throw RefusedException.query(e);
            }
        }
    }

    private static ModelQuery parsed(String query) throws RefusedException {
        try {
            return ModelQuery.parse(query);
        } catch (IllegalArgumentException e) {
            throw RefusedException.query(e);
        }
    }

    private void model(Call call, String id, Reply reply) throws IOException, InterruptedException {
        var models = models(call, reply);
        if (models == null) {
            return;
        }
        var model = models.model(id);
        if (model.isPresent()) {
            reply.json(model.get());
        } else {
            reply.error(
                    ErrorType.NOT_FOUND_ERROR,
                    "model: upstream %s has no such model".formatted(config.name()));
        }
    }

    /**
     * @return null if there was an error, which is then answered
     */
    private @Nullable Models models(Call call, Reply reply)
            throws IOException, InterruptedException {
        var outcome = http.exchange(calls.models(call.timeout()), config.answerBytesMax());
        if (outcome instanceof HttpOutcome.Complete(int status, var _, var body)
                && Answers.isGood(status)) {
            var models = Models.read(body);
            if (models.isPresent()) {
                return models.get();
            }
        }
        reply.send(answers.problem(outcome), Answers.headers(outcome));
        return null;
    }
}
