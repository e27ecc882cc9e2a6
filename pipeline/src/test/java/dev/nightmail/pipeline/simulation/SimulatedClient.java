package dev.nightmail.pipeline.simulation;

import dev.nightmail.pipeline.client.AnswerLostException;
import dev.nightmail.pipeline.client.BatchPage;
import dev.nightmail.pipeline.client.BatchSnapshot;
import dev.nightmail.pipeline.client.BatchStatus;
import dev.nightmail.pipeline.client.BatchesApi;
import dev.nightmail.pipeline.client.BrokenAnswerException;
import dev.nightmail.pipeline.client.CallTerms;
import dev.nightmail.pipeline.client.Endpoint;
import dev.nightmail.pipeline.client.EndpointException;
import dev.nightmail.pipeline.client.Extension;
import dev.nightmail.pipeline.client.ModelSeen;
import dev.nightmail.pipeline.client.RequestBody;
import dev.nightmail.pipeline.client.RequestCounts;
import dev.nightmail.pipeline.client.ResultStream;
import dev.nightmail.pipeline.client.SimulatedAnswers;
import dev.nightmail.pipeline.simulation.Faults.Fault;
import dev.nightmail.pipeline.simulation.Provider.Batch;
import dev.nightmail.pipeline.simulation.Provider.End;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The calls of one process to the {@link Provider}, and what happens to them on their way. */
final class SimulatedClient implements BatchesApi {

    private static final int PAGE = 3;

    private final Life life;
    private final Provider provider;
    private final Faults faults;
    private final World.Plan plan;
    private final RandomGenerator random;
    private final Defect defect;

    SimulatedClient(
            Life life,
            Provider provider,
            Faults faults,
            World.Plan plan,
            RandomGenerator random,
            Defect defect) {
        this.life = life;
        this.provider = provider;
        this.faults = faults;
        this.plan = plan;
        this.random = random;
        this.defect = defect;
    }

    private void call(String what) throws InterruptedException {
        life.point(what);
        life.pause(
                Duration.ofMillis(
                        faults.strikes(Fault.SLOW)
                                ? random.nextInt(90_000)
                                : random.nextInt(1, 1_000)));
        provider.settle();
        life.point("arrives: " + what);
    }

    @Override
    public Endpoint endpoint() {
        return plan.endpoint();
    }

    @Override
    public boolean honoursIdempotencyKeys() {
        return plan.honoursKeys();
    }

    @Override
    public boolean offers(Extension extension) {
        return false;
    }

    @Override
    public BatchSnapshot create(RequestBody body, String idempotencyKey, CallTerms terms)
            throws InterruptedException {
        var bytes = read(body);
        call("create of %d bytes, %s".formatted(bytes.length, idempotencyKey));
        Violation.unless(bytes.length == body.bytes(), "a body of another length than was said");
        if (faults.strikes(Fault.CREATE_UNREACHABLE)) {
            throw noted(SimulatedAnswers.unreachable());
        }
        if (faults.strikes(Fault.ACCOUNT_REFUSED)) {
            throw noted(SimulatedAnswers.refused(401, "authentication_error", "invalid x-api-key"));
        }
        if (faults.strikes(Fault.CREATE_TURNED_AWAY)) {
            throw noted(
                    random.nextBoolean()
                            ? SimulatedAnswers.refused(429, "rate_limit_error", "slow down")
                            : SimulatedAnswers.refused(529, "overloaded_error", "Overloaded"));
        }
        if (provider.refuses(bytes)) {
            throw noted(SimulatedAnswers.refused(413, "request_too_large", "too large"));
        }
        if (faults.strikes(Fault.CREATE_LOST_BEFORE)) {
            provider.lost(bytes);
            throw noted(new AnswerLostException("a create got no answer, and was not taken", null));
        }
        if (faults.strikes(Fault.CREATE_LATE)) {
            provider.acceptLater(bytes, idempotencyKey, Duration.ofSeconds(random.nextInt(1, 60)));
            throw noted(new AnswerLostException("a create got no answer, and is on its way", null));
        }
        var batch = accepted(bytes, idempotencyKey);
        life.note("made " + batch.id + " of " + batch.asks.size());
        provider.lost(bytes);
        life.point("made " + batch.id);
        if (faults.strikes(Fault.CREATE_LOST_AFTER)) {
            throw noted(new AnswerLostException("a create got no answer, and was taken", null));
        }
        return snapshot(batch, false);
    }

    private Batch accepted(byte[] body, String key) {
        try {
            return provider.accept(body, key);
        } catch (Violation found) {
            life.violated(found);
            throw found;
        }
    }

    private static byte[] read(RequestBody body) {
        try (var in = body.open()) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private EndpointException noted(EndpointException failure) {
        life.note(String.valueOf(failure.getMessage()));
        return failure;
    }

    @Override
    public BatchSnapshot retrieve(String batchId) throws InterruptedException {
        call("retrieve " + batchId);
        failNowAndThen(Fault.LOOK_UP_FAILS, Fault.LOOK_UP_PAGE);
        var batch = provider.batch(batchId);
        if (batch == null) {
            throw noted(SimulatedAnswers.refused(404, "not_found_error", "no such batch"));
        }
        return snapshot(batch, faults.strikes(Fault.LOOK_UP_LAGS));
    }

    private void failNowAndThen(Fault fails, Fault page) {
        if (faults.strikes(fails)) {
            throw noted(
                    switch (random.nextInt(3)) {
                        case 0 -> SimulatedAnswers.unreachable();
                        case 1 -> SimulatedAnswers.refused(529, "overloaded_error", "Overloaded");
                        default -> SimulatedAnswers.refused(500, "api_error", "Internal");
                    });
        }
        if (faults.strikes(page)) {
            throw noted(
                    random.nextBoolean()
                            ? new BrokenAnswerException("answered with a page", null)
                            : SimulatedAnswers.page(404));
        }
    }

    private BatchSnapshot snapshot(Batch batch, boolean lags) {
        var now = life.now();
        boolean ended = batch.hasEnded(now) && !lags;
        int size = batch.asks.size();
        long shown = batch.countedFrom.isAfter(now) ? Math.max(0, size - 1) : size;
        return new BatchSnapshot(
                batch.id,
                ended ? BatchStatus.ENDED : BatchStatus.IN_PROGRESS,
                ended && shown == size
                        ? new RequestCounts(
                                0,
                                count(batch, End.SUCCEEDED, End.UNUSABLE),
                                count(batch, End.FAILED, End.INVALID, End.ACCOUNT),
                                count(batch, End.CANCELED),
                                count(batch, End.EXPIRED))
                        : new RequestCounts(shown, 0, 0, 0, 0),
                batch.createdAt.plus(plan.clockSkew()),
                null,
                ended ? batch.endsAt : null,
                null,
                batch.archived ? now : null);
    }

    private static long count(Batch batch, End... ends) {
        return batch.asks.stream().filter(ask -> List.of(ends).contains(ask.end)).count();
    }

    @Override
    public BatchPage list(int limit, @Nullable String after) throws InterruptedException {
        call("list after " + after);
        failNowAndThen(Fault.LIST_FAILS, Fault.LIST_FAILS);
        if (defect == Defect.SENDS_BEFORE_DOUBT_IS_SETTLED) {
            return new BatchPage(List.of(), null, false);
        }
        var page = new ArrayList<BatchSnapshot>();
        boolean gap = false;
        boolean reached = after == null;
        String next = null;
        for (var batch : provider.newestFirst()) {
            if (!reached) {
                reached = batch.id.equals(after);
                continue;
            }
            if (page.size() == Math.min(limit, PAGE)) {
                next = page.getLast().id();
                break;
            }
            if (faults.strikes(Fault.LIST_HAS_GAP)) {
                gap = true;
            } else {
                page.add(snapshot(batch, faults.strikes(Fault.LOOK_UP_LAGS)));
            }
        }
        return new BatchPage(page, next, gap);
    }

    @Override
    public ResultStream results(String batchId) throws InterruptedException {
        call("results of " + batchId);
        failNowAndThen(Fault.RESULTS_FAIL, Fault.RESULTS_FAIL);
        var batch = provider.batch(batchId);
        if (batch == null) {
            throw noted(SimulatedAnswers.refused(404, "not_found_error", "no such batch"));
        }
        if (batch.archived) {
            throw noted(SimulatedAnswers.refused(400, "invalid_request_error", "archived"));
        }
        if (!batch.hasEnded(life.now())) {
            throw new Violation("results of a batch that has not ended: " + batchId);
        }
        var download = new Download(lines(batch));
        life.note("%d lines of %s".formatted(download.lines.size(), batchId));
        return SimulatedAnswers.results(download::open);
    }

    private List<Provider.Line> lines(Batch batch) {
        if (faults.strikes(Fault.RESULTS_PAGE)) {
            return List.of(new Provider.Line("<html><body>Sorry</body></html>", null));
        }
        var lines = new ArrayList<>(provider.lines(batch));
        if (defect == Defect.MIXES_UP_ANSWERS && lines.size() > 1) {
            var one = lines.get(0);
            var other = lines.get(1);
            if (one.tells() != null && other.tells() != null) {
                lines.set(
                        0,
                        new Provider.Line(
                                one.text().replace(one.tells().customId, other.tells().customId),
                                one.tells()));
                lines.set(
                        1,
                        new Provider.Line(
                                other.text().replace(other.tells().customId, one.tells().customId),
                                other.tells()));
            }
        }
        var lost = provider.lastLost();
        if (defect == Defect.TAKES_THE_FIRST_CANDIDATE
                && batch.foreign
                && lost.size() == batch.asks.size()) {
            lines.clear();
            for (var id : lost) {
                lines.add(
                        new Provider.Line(
                                "{\"custom_id\":\"" + id + "\",\"result\":{\"type\":\"expired\"}}",
                                null));
            }
        }
        return lines;
    }

    /** One download, taken up where it breaks off. */
    private final class Download {
        private final List<Provider.Line> lines;
        private int opened;

        Download(List<Provider.Line> lines) {
            this.lines = lines;
        }

        InputStream open() {
            opened++;
            boolean breaks = opened < 3 && faults.strikes(Fault.RESULTS_BREAK_OFF);
            int until = breaks ? random.nextInt(lines.size() + 1) : Integer.MAX_VALUE;
            boolean changed = opened > 1 && faults.strikes(Fault.RESULTS_CHANGE);
            return new Body(lines, until, changed);
        }
    }

    /** Gives a line at a time, and notes what was told. */
    private static final class Body extends InputStream {
        private final List<Provider.Line> lines;
        private final int until;
        private final boolean changed;
        private int next;
        private byte[] line = new byte[0];
        private int position;

        Body(List<Provider.Line> lines, int until, boolean changed) {
            this.lines = lines;
            this.until = until;
            this.changed = changed;
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            if (position == line.length) {
                if (next >= until) {
                    throw new IOException("connection reset");
                }
                if (next == lines.size()) {
                    return -1;
                }
                line =
                        ((changed ? " " : "") + lines.get(next).text() + "\n")
                                .getBytes(StandardCharsets.UTF_8);
                position = 0;
            }
            int part = Math.min(length, line.length - position);
            System.arraycopy(line, position, buffer, offset, part);
            position += part;
            if (position == line.length) {
                var tells = lines.get(next).tells();
                if (tells != null) {
                    tells.told = true;
                }
                next++;
            }
            return part;
        }
    }

    @Override
    public List<JsonNode> upstreams() {
        return List.of();
    }

    @Override
    public long countTokens(byte[] request, CallTerms terms) throws InterruptedException {
        life.pause(Duration.ofMillis(random.nextInt(1, 200)));
        if (faults.strikes(Fault.COUNT_FAILS)) {
            throw SimulatedAnswers.refused(529, "overloaded_error", "Overloaded");
        }
        return Math.max(1, request.length / 4);
    }

    @Override
    public Optional<ModelSeen> model(String id, CallTerms terms) {
        return Optional.empty();
    }

    @Override
    public void close() {
        // Nothing is held.
    }
}
