package dev.nightmail.upstream.anthropic;

import dev.nightmail.core.relay.RelayTerms;
import dev.nightmail.core.request.ApiVersion;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.AttemptOutcome.Failed;
import dev.nightmail.core.upstream.AttemptOutcome.Refused;
import dev.nightmail.core.upstream.AttemptOutcome.Unreachable;
import dev.nightmail.core.upstream.BatchUpstream;
import dev.nightmail.upstream.http.FollowingRedirects;
import dev.nightmail.upstream.http.HttpBody;
import dev.nightmail.upstream.http.HttpCall;
import dev.nightmail.upstream.http.HttpExchanges;
import dev.nightmail.upstream.http.HttpHeaders;
import dev.nightmail.upstream.http.HttpOutcome;
import dev.nightmail.upstream.wire.UpstreamErrors;
import dev.nightmail.wire.batch.BatchSeenPage;
import dev.nightmail.wire.json.BatchReading;
import dev.nightmail.wire.json.ByteOrderMark;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Claude's Message Batches API, or that of any service that speaks it: another Nightmail, say. */
public final class AnthropicBatches implements BatchUpstream {

    private static final byte[] NO_BODY = {};

    /** Long enough for 256 MB to go out over a slow line. */
    private static final Duration CREATE_TIMEOUT = Duration.ofHours(2);

    /** Long enough for as much to come in, while storage has its pauses. */
    private static final Duration RESULTS_TIMEOUT = Duration.ofHours(6);

    private static final Duration LOOK_TIMEOUT = Duration.ofMinutes(2);
    private static final int PAGE_BATCHES = 100;
    private static final int LOOK_BYTES_MAX = 8 << 20;

    /** What a Nightmail says with every answer of what may be leaned on. */
    private static final String HONOURS = "nightmail-honours";

    private final AnthropicConfig config;
    private final HttpExchanges http;
    private final Endpoints endpoints;
    private final CallHeaders headers;
    private final Answers answers;
    private final CreateAnswers creations;
    private final BatchResults results;
    private volatile @Nullable Boolean honoursIdempotencyKeys;

    /**
     * @param http owned from now on: {@link #close} closes it
     */
    public AnthropicBatches(AnthropicConfig config, HttpExchanges http, InstantSource clock) {
        this.config = config;
        this.http = new FollowingRedirects(http);
        this.endpoints = new Endpoints(config.url());
        this.headers = new CallHeaders(config);
        this.answers = new Answers(config, clock);
        this.creations = new CreateAnswers(config.name(), answers);
        this.results = new BatchResults(config.name(), answers);
    }

    @Override
    public String name() {
        return config.name();
    }

    // Making one

    @Override
    public Creation create(Body body, RelayTerms terms, String idempotencyKey)
            throws InterruptedException {
        var fields = headers.fields(terms.apiVersion(), terms.betas(), terms.userProfileId());
        fields.add(new HttpHeaders.Field("content-type", "application/json"));
        fields.add(new HttpHeaders.Field("idempotency-key", idempotencyKey));
        var call =
                new HttpCall(
                        "POST",
                        endpoints.batches(),
                        new HttpHeaders(fields),
                        new HttpBody.Streamed(body.bytes(), body::open),
                        CREATE_TIMEOUT);
        return switch (http.exchange(call, LOOK_BYTES_MAX)) {
            case HttpOutcome.NotSent(var step) ->
                    new Creation.NotNow(new Unreachable(step.toString(), answers.notSent(step)));
            case HttpOutcome.Broken(var step) -> new Creation.Unconfirmed(step.toString());
            case HttpOutcome.Complete(int status, var headers, var answer) -> {
                var creation =
                        creations.creation(status, headers, ByteOrderMark.without(answer), terms);
                if (creation instanceof Creation.Created) {
                    note(headers);
                }
                yield creation;
            }
        };
    }

    private static boolean isGood(int status, HttpHeaders headers) {
        return Answers.isGood(status) && !UpstreamErrors.hasForeignType(headers);
    }

    /** Said of the service by a good answer: an error may come from what stands in between. */
    private void note(HttpHeaders headers) {
        honoursIdempotencyKeys =
                headers.fields().stream()
                        .filter(field -> field.name().equalsIgnoreCase(HONOURS))
                        .anyMatch(field ->
                                List.of(field.value().strip().split("\\s*,\\s*"))
                                        .contains("idempotency-key"));
    }

    @Override
    public Honours idempotency() throws InterruptedException {
        var known = honoursIdempotencyKeys;
        if (known != null) {
            return new Honours.Known(known);
        }
        if (look("GET", endpoints.batches(1, null)) instanceof Looked.Failure(var why)) {
            return new Honours.Unseen(why);
        }
        return new Honours.Known(Boolean.TRUE.equals(honoursIdempotencyKeys));
    }

    // Looking at one

    private sealed interface Looked {
        @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
        record Good(byte[] body) implements Looked {}

        record NotFound() implements Looked {}

        record Failure(AttemptOutcome why) implements Looked {}
    }

    private Looked look(String method, URI uri) throws InterruptedException {
        var call =
                new HttpCall(
                        method, uri, headers.of(ApiVersion.V2023_06_01), NO_BODY, LOOK_TIMEOUT);
        return switch (http.exchange(call, LOOK_BYTES_MAX)) {
            case HttpOutcome.Complete(int status, var headers, var body)
                    when isGood(status, headers) -> {
                note(headers);
                yield new Looked.Good(body);
            }
            case HttpOutcome.Complete(int status, var headers, var body) ->
                    notGood(status, headers, ByteOrderMark.without(body));
            case HttpOutcome.NotSent(var step) ->
                    new Looked.Failure(new Unreachable(step.toString(), answers.notSent(step)));
            case HttpOutcome.Broken(var step) ->
                    new Looked.Failure(Failed.unpaid(step.toString(), null, answers.broken(step)));
        };
    }

    private Looked notGood(int status, HttpHeaders headers, byte[] body) {
        if (Answers.isGood(status)) {
            return new Looked.Failure(answers.answered(status, headers, body));
        }
        var meaning = UpstreamErrors.read(status, headers, body);
        return meaning.isNotThere()
                ? new Looked.NotFound()
                : new Looked.Failure(answers.refused(meaning, headers, body));
    }

    @Override
    public Sighting find(String id) throws InterruptedException {
        return sighting(look("GET", endpoints.batch(id)));
    }

    private Sighting sighting(Looked looked) {
        return switch (looked) {
            case Looked.Good(var body) ->
                    BatchReading.batch(body)
                            .<Sighting>map(batch -> new Sighting.There(CreateAnswers.seen(batch)))
                            .orElseGet(() -> new Sighting.Unseen(badAnswer()));
            case Looked.NotFound _ -> new Sighting.Unknown();
            case Looked.Failure(var why) -> new Sighting.Unseen(why);
        };
    }

    private AttemptOutcome badAnswer() {
        return Failed.unpaid("bad answer", null, answers.badAnswer(HttpHeaders.NONE));
    }

    @Override
    public Listing list(@Nullable String afterId) throws InterruptedException {
        return switch (look("GET", endpoints.batches(PAGE_BATCHES, afterId))) {
            case Looked.Good(var body) ->
                    BatchReading.page(body)
                            .<Listing>map(AnthropicBatches::listed)
                            .orElseGet(() -> new Listing.Unseen(badAnswer()));
            // The cursor's batch was deleted since.
            case Looked.NotFound _ -> new Listing.Unseen(badAnswer());
            case Looked.Failure(var why) -> new Listing.Unseen(why);
        };
    }

    private static Listing.Page listed(BatchSeenPage page) {
        return new Listing.Page(
                page.batches().stream().map(CreateAnswers::seen).toList(),
                page.hasMore(),
                page.unreadable());
    }

    @Override
    public Sighting cancel(String id) throws InterruptedException {
        var looked = look("POST", endpoints.batch(id, "cancel"));
        // Refused because it has ended: then that is what a look will say.
        return looked instanceof Looked.Failure(Refused _) ? find(id) : sighting(looked);
    }

    @Override
    public Sighting delete(String id) throws InterruptedException {
        return switch (look("DELETE", endpoints.batch(id))) {
            case Looked.Good _, Looked.NotFound _ -> new Sighting.Unknown();
            case Looked.Failure(var why) -> new Sighting.Unseen(why);
        };
    }

    // What it brought

    @Override
    public Collection results(String id, Receiver receiver) throws InterruptedException {
        var call =
                new HttpCall(
                        "GET",
                        endpoints.batch(id, "results"),
                        headers.of(ApiVersion.V2023_06_01),
                        NO_BODY,
                        RESULTS_TIMEOUT);
        try (var memory = http.memory()) {
            return results(call, new ResultStream(results, receiver, memory));
        }
    }

    private Collection results(HttpCall call, ResultStream stream) throws InterruptedException {
        try {
            return switch (http.stream(call, stream)) {
                case HttpOutcome.Complete _ -> {
                    stream.end();
                    yield complete(stream);
                }
                case HttpOutcome.NotSent(var step) ->
                        new Collection.Unseen(
                                new Unreachable(step.toString(), answers.notSent(step)));
                case HttpOutcome.Broken(var step) -> new Collection.Broken(step.toString());
            };
        } catch (IOException e) {
            var interrupted = stream.interrupted();
            if (interrupted != null) {
                throw interrupted;
            }
            return stream.isEnough()
                    ? new Collection.Whole(stream.count())
                    : new Collection.Broken("garbled response");
        }
    }

    private Collection complete(ResultStream stream) throws IOException {
        if (stream.isGood()) {
            return new Collection.Whole(stream.count());
        }
        return switch (notGood(
                stream.status(), stream.headers(), ByteOrderMark.without(stream.error()))) {
            case Looked.Failure(var why) -> new Collection.Unseen(why);
            case Looked.Good _, Looked.NotFound _ -> new Collection.Unknown();
        };
    }

    @Override
    public void close() {
        http.close();
    }
}
