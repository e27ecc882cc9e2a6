package dev.nightmail.pipeline.simulation;

import dev.nightmail.pipeline.customid.CustomId;
import dev.nightmail.pipeline.definition.Pilot;
import dev.nightmail.pipeline.simulation.Faults.Fault;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The endpoint: outlives every process, and knows what it accepted, what it told and what it wants
 * money for. Each create is checked against all that was accepted before.
 */
final class Provider {

    /** How a request ended. */
    enum End {
        SUCCEEDED,
        UNUSABLE,
        FAILED,
        INVALID,
        ACCOUNT,
        EXPIRED,
        CANCELED
    }

    /** One request of a batch. */
    static final class Ask {
        final String customId;
        final String params;

        /** What its author asks: prompt, record or {@link Records#group group}, and text. */
        final String content;

        final int place;
        End end = End.SUCCEEDED;

        /** Whether a line with its end was handed out. */
        boolean told;

        /** Never in the results. */
        boolean lost;

        Ask(String customId, String params, String content, int place) {
            this.customId = customId;
            this.params = params;
            this.content = content;
            this.place = place;
        }
    }

    static final class Batch {
        final int number;
        final String id;
        final Instant createdAt;
        final Instant listedFrom;
        final Instant countedFrom;
        final List<Ask> asks;
        final boolean foreign;
        Instant endsAt;
        Instant wholeFrom;
        boolean deleted;
        boolean archived;

        /** Whether a state knows its id. */
        boolean named;

        Batch(
                int number,
                Instant createdAt,
                Instant listedFrom,
                Instant countedFrom,
                List<Ask> asks,
                boolean foreign,
                Instant endsAt,
                Instant wholeFrom) {
            this.number = number;
            this.id = "msgbatch_%03d".formatted(number);
            this.createdAt = createdAt;
            this.listedFrom = listedFrom;
            this.countedFrom = countedFrom;
            this.asks = asks;
            this.foreign = foreign;
            this.endsAt = endsAt;
            this.wholeFrom = wholeFrom;
        }

        boolean hasEnded(Instant now) {
            return !endsAt.isAfter(now);
        }

        /** What was answered is charged, whoever takes it. */
        long inputTokens(Ask ask, boolean smallUsage) {
            return smallUsage ? 1 : 1L << (2 * ask.place);
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    private record Late(Instant at, byte[] body, String key) {}

    private final SimulatedClock clock;
    private final RandomGenerator random;
    private final Faults faults;
    private final World.Plan plan;
    private final Map<String, Batch> batches = new TreeMap<>();
    private final Map<String, Batch> byKey = new HashMap<>();
    private final List<Late> late = new ArrayList<>();
    private final Set<String> refusedBodies = new HashSet<>();
    private final Set<String> sentBodies = new HashSet<>();

    /** How often what a record asks was changed. */
    private final Map<String, List<Instant>> changes = new HashMap<>();

    private final Set<String> kept = new HashSet<>();

    /** Prompts of which somebody wanted everything to be sent. */
    private final Set<String> waivedPilots = new HashSet<>();

    private List<String> lastLost = List.of();

    Provider(SimulatedClock clock, RandomGenerator random, Faults faults, World.Plan plan) {
        this.clock = clock;
        this.random = random;
        this.faults = faults;
        this.plan = plan;
    }

    Iterable<Batch> all() {
        return batches.values();
    }

    int accepted() {
        return batches.values().stream()
                .filter(batch -> !batch.foreign)
                .mapToInt(batch -> batch.asks.size())
                .sum();
    }

    List<Batch> newestFirst() {
        return batches.values().stream()
                .filter(batch -> !batch.deleted && !batch.listedFrom.isAfter(clock.instant()))
                .sorted(Comparator.comparingInt((Batch batch) -> batch.number).reversed())
                .toList();
    }

    @Nullable Batch batch(String id) {
        var batch = batches.get(id);
        return batch == null || batch.deleted ? null : batch;
    }

    @Nullable Batch ever(String id) {
        return batches.get(id);
    }

    List<String> lastLost() {
        return lastLost;
    }

    void changed(String recordId) {
        changes.computeIfAbsent(CustomId.ofRecord(recordId).value(), _ -> new ArrayList<>())
                .add(clock.instant());
    }

    // Creating

    /**
     * Whether this body is refused, now and as long as faults last; never one that is on its way.
     */
    boolean refuses(byte[] body) {
        var text = new String(body, StandardCharsets.UTF_8);
        if (!sentBodies.contains(text) && faults.strikes(Fault.CREATE_REFUSED)) {
            refusedBodies.add(text);
        }
        return refusedBodies.contains(text);
    }

    /** Nothing is refused any more, and results are there with the end of their batch. */
    void calmDown() {
        refusedBodies.clear();
        batches.values().forEach(batch -> batch.wholeFrom = batch.endsAt);
    }

    void acceptLater(byte[] body, String key, Duration in) {
        lost(body);
        late.add(new Late(clock.instant().plus(in), body, key));
    }

    void lost(byte[] body) {
        sentBodies.add(new String(body, StandardCharsets.UTF_8));
        lastLost = asks(body).stream().map(ask -> ask.customId).toList();
    }

    /** Time went by. */
    void settle() {
        late.sort(Comparator.comparing(Late::at));
        while (!late.isEmpty() && !late.getFirst().at().isAfter(clock.instant())) {
            var due = late.removeFirst();
            accept(due.body(), due.key(), due.at());
        }
    }

    Batch accept(byte[] body, String key) {
        return accept(body, key, clock.instant());
    }

    private Batch accept(byte[] body, String key, Instant at) {
        if (plan.honoursKeys()) {
            var before = byKey.get(key);
            if (before != null && !before.deleted) {
                Violation.unless(
                        asks(body).stream()
                                .map(ask -> ask.params)
                                .toList()
                                .equals(before.asks.stream().map(ask -> ask.params).toList()),
                        "another body under the key of %s",
                        before.id);
                return before;
            }
        }
        var asks = asks(body);
        Violation.unless(!asks.isEmpty(), "an empty batch");
        Violation.unless(
                asks.stream().map(ask -> ask.customId).distinct().count() == asks.size(),
                "a custom_id twice in a batch");
        Violation.unless(
                asks.size() <= plan.batchRequestsMax(), "a batch of %d requests", asks.size());
        Violation.unless(
                !plan.dedupe()
                        || asks.stream().map(ask -> ask.params).distinct().count() == asks.size(),
                "a batch asks the same twice");
        asks.forEach(this::refuseIfPaidBefore);
        refuseBeforeThePilotIsJudged(asks);
        var batch = make(asks, false, at);
        byKey.put(key, batch);
        return batch;
    }

    private Batch make(List<Ask> asks, boolean foreign, Instant now) {
        var expires = !foreign && faults.strikes(Fault.BATCH_EXPIRES);
        var lasts =
                Duration.ofSeconds(
                        expires
                                ? random.nextInt(600, 1200)
                                : random.nextInt(1 + plan.batchSeconds()));
        var batch =
                new Batch(
                        batches.size() + 1,
                        now,
                        now.plusSeconds(faults.strikes(Fault.LIST_LAGS) ? random.nextInt(50) : 0),
                        now.plusSeconds(
                                faults.strikes(Fault.COUNTS_LATE) ? random.nextInt(300) : 0),
                        asks,
                        foreign,
                        now.plus(lasts),
                        now.plus(lasts)
                                .plusSeconds(
                                        faults.strikes(Fault.LACKS_FOR_A_WHILE)
                                                ? random.nextInt(2400)
                                                : 0));
        if (!foreign) {
            asks.forEach(ask -> settle(ask, expires));
        }
        batches.put(batch.id, batch);
        return batch;
    }

    private void settle(Ask ask, boolean expires) {
        ask.end =
                expires && random.nextBoolean()
                        ? End.EXPIRED
                        : faults.strikes(Fault.REQUEST_FAILS)
                                ? End.FAILED
                                : faults.strikes(Fault.REQUEST_INVALID)
                                        ? End.INVALID
                                        : faults.strikes(Fault.REQUEST_OF_ACCOUNT)
                                                ? End.ACCOUNT
                                                : faults.strikes(Fault.ANSWER_UNUSABLE)
                                                        ? End.UNUSABLE
                                                        : End.SUCCEEDED;
        // A batch without any result is waited for until its author deletes it.
        ask.lost = ask.place > 0 && faults.strikes(Fault.LACKS_FOR_EVER);
    }

    /**
     * Nobody pays for the same twice unless we said that it came to nothing, or the author agreed.
     */
    private void refuseIfPaidBefore(Ask ask) {
        for (var batch : batches.values()) {
            if (batch.foreign || batch.deleted) {
                continue;
            }
            for (var before : batch.asks) {
                if (before.customId.equals(ask.customId)
                        && before.params.equals(ask.params)
                        && !mayAskAgain(batch, before)) {
                    throw new Violation(
                            "%s (%s) is sent again, which %s has: it %s, %s"
                                    .formatted(
                                            ask.customId,
                                            ask.content,
                                            batch.id,
                                            before.end,
                                            before.told ? "as was told" : "as was not told"));
                }
            }
        }
    }

    /** Somebody said that everything of this prompt may be sent. */
    void waivePilot(String prompt) {
        waivedPilots.add(prompt);
    }

    /**
     * The first requests of a prompt go alone, and so does what of them is asked again, until
     * enough of them were answered or somebody wants to go on.
     */
    private void refuseBeforeThePilotIsJudged(List<Ask> asks) {
        var pilot = plan.pilot();
        var prompt = promptOf(asks);
        if (pilot == null || waivedPilots.contains(prompt)) {
            return;
        }
        var before =
                batches.values().stream()
                        .filter(batch -> !batch.foreign && promptOf(batch.asks).equals(prompt))
                        .toList();
        boolean isAlone =
                before.stream().allMatch(batch -> batch.deleted || batch.hasEnded(clock.instant()));
        Violation.unless(
                (isAlone && asks.size() <= pilot.records())
                        || before.stream().anyMatch(batch -> hasPassed(batch, before, pilot)),
                "%d requests are sent before the pilot is judged",
                asks.size());
    }

    private static boolean hasPassed(Batch batch, List<Batch> before, Pilot pilot) {
        var answered = new HashSet<String>();
        for (var each : before) {
            for (var ask : each.asks) {
                if (ask.told && ask.end == End.SUCCEEDED) {
                    answered.add(ask.customId);
                }
            }
        }
        long unanswered =
                batch.asks.stream().filter(ask -> !answered.contains(ask.customId)).count();
        return batch.asks.size() <= pilot.records()
                && unanswered <= pilot.stopAbove().allowedOf(batch.asks.size());
    }

    private static String promptOf(List<Ask> asks) {
        return asks.getFirst().content.substring(0, 1);
    }

    private boolean mayAskAgain(Batch batch, Ask before) {
        boolean changed =
                changes.getOrDefault(before.customId, List.of()).stream()
                        .anyMatch(at -> !at.isBefore(batch.createdAt));
        boolean givenUp = mayHaveGivenUp(batch) && changed;
        return switch (before.end) {
            case SUCCEEDED -> givenUp && !isKept(batch.id, before.customId);
            // What failed for good is asked once more only after a change in between.
            case UNUSABLE, INVALID ->
                    (changed && (before.told || givenUp))
                            || accepted(before.customId, before.content).keySet().stream()
                                    .anyMatch(other -> other.told && mayPass(other.end));
            case FAILED, ACCOUNT, EXPIRED, CANCELED -> before.told || givenUp;
        };
    }

    private static boolean mayPass(End end) {
        return switch (end) {
            case FAILED, ACCOUNT, EXPIRED, CANCELED -> true;
            case SUCCEEDED, UNUSABLE, INVALID -> false;
        };
    }

    /** Whether what it lacks was waited for as long as the pipeline says, or will not come. */
    boolean mayHaveGivenUp(Batch batch) {
        return batch.archived
                || batch.deleted
                || !clock.instant().isBefore(batch.endsAt.plus(World.MISSING));
    }

    /** A state has its answer. */
    void kept(String batchId, String customId) {
        kept.add(batchId + " " + customId);
    }

    boolean isKept(String batchId, String customId) {
        return kept.contains(batchId + " " + customId);
    }

    private static List<Ask> asks(byte[] body) {
        var asks = new ArrayList<Ask>();
        for (var request : JsonMapper.shared().readTree(body).required("requests").values()) {
            var params = request.required("params");
            asks.add(
                    new Ask(
                            request.required("custom_id").stringValue(),
                            params.toString(),
                            params.required("messages").get(0).required("content").stringValue(),
                            asks.size()));
        }
        return asks;
    }

    /** Somebody else's batch, of as many requests. */
    void makeForeign(int size, List<String> someOfOurIds) {
        var asks = new ArrayList<Ask>();
        for (int place = 0; place < size; place++) {
            var id = place < someOfOurIds.size() ? someOfOurIds.get(place) : "x" + place;
            asks.add(new Ask(id, "", "theirs|" + id + "|", place));
        }
        make(asks, true, clock.instant());
    }

    void cancel(Batch batch) {
        if (!batch.hasEnded(clock.instant())) {
            batch.asks.forEach(ask -> {
                if (random.nextBoolean()) {
                    ask.end = End.CANCELED;
                }
            });
            batch.endsAt = clock.instant().plusSeconds(5);
            batch.wholeFrom = batch.endsAt;
        }
    }

    /** Not while a create is on its way: under the same key it would make the batch anew. */
    void delete(Batch batch) {
        batch.deleted |= late.isEmpty();
    }

    // Results

    private static final JsonNode TRANSIENT = error("overloaded_error", "Overloaded");
    private static final JsonNode WRONG = error("invalid_request_error", "messages: bad");
    private static final JsonNode OF_ACCOUNT = error("authentication_error", "invalid x-api-key");

    private static JsonNode error(String type, String message) {
        var error = JsonMapper.shared().createObjectNode().put("type", "error");
        error.putObject("error").put("type", type).put("message", message);
        return error;
    }

    /** A line of results, and what it tells; null: nothing. */
    record Line(String text, @Nullable Ask tells) {}

    /** What a download of an ended batch brings, if it comes whole. */
    List<Line> lines(Batch batch) {
        var asks = new ArrayList<>(batch.asks);
        for (int last = asks.size() - 1; last > 0; last--) {
            asks.set(last, asks.set(random.nextInt(last + 1), asks.get(last)));
        }
        var lines = new ArrayList<Line>();
        var now = clock.instant();
        for (int place = 0; place < asks.size(); place++) {
            var ask = asks.get(place);
            if (ask.lost || (batch.wholeFrom.isAfter(now) && ask.place % 2 == 0)) {
                continue;
            }
            boolean contradicts =
                    (ask.end == End.SUCCEEDED || ask.end == End.UNUSABLE)
                            && faults.strikes(Fault.RESULTS_CONTRADICT);
            var contradiction = new Line(line(ask, "{\"type\":\"expired\"}"), null);
            // Cut off behind it, a download would look as if it were whole.
            if (contradicts && !faults.has(Fault.RESULTS_SHORT)) {
                lines.add(contradiction);
            }
            lines.add(new Line(line(ask, result(batch, ask)), ask));
            if (contradicts) {
                lines.add(contradiction);
            }
            if (faults.strikes(Fault.RESULTS_REPEAT)) {
                lines.add(lines.getLast());
            }
            if (faults.strikes(Fault.RESULTS_GARBLED)) {
                lines.add(new Line("{\"custom_id\":\"" + ask.customId, null));
            }
            if (plan.foreignLines() && faults.strikes(Fault.FOREIGN_LINES)) {
                lines.add(
                        new Line(
                                "{\"custom_id\":\"zz"
                                        + place
                                        + "\",\"result\":{\"type\":\"expired\"}}",
                                null));
            }
        }
        if (faults.strikes(Fault.RESULTS_SHORT) && !lines.isEmpty()) {
            lines.subList(random.nextInt(lines.size()), lines.size()).clear();
        }
        return lines;
    }

    static String line(Ask ask, String result) {
        return "{\"custom_id\":\"%s\",\"result\":%s}".formatted(ask.customId, result);
    }

    private String result(Batch batch, Ask ask) {
        return switch (ask.end) {
            case SUCCEEDED -> succeeded(batch, ask, "end_turn");
            case UNUSABLE -> succeeded(batch, ask, plan.withSchema() ? "end_turn" : "refusal");
            case FAILED -> errored(TRANSIENT);
            case INVALID -> errored(WRONG);
            case ACCOUNT -> errored(OF_ACCOUNT);
            case EXPIRED -> "{\"type\":\"expired\"}";
            case CANCELED -> "{\"type\":\"canceled\"}";
        };
    }

    private static String errored(JsonNode error) {
        return "{\"type\":\"errored\",\"error\":" + error + "}";
    }

    private String succeeded(Batch batch, Ask ask, String stopReason) {
        var result = JsonMapper.shared().createObjectNode().put("type", "succeeded");
        var message =
                result.putObject("message")
                        .put("id", "msg_" + batch.number + "_" + ask.place)
                        .put("type", "message")
                        .put("role", "assistant")
                        .put("model", "claude-haiku-4-5")
                        .put("stop_reason", stopReason);
        message.putArray("content").addObject().put("type", "text").put("text", text(batch, ask));
        message.putObject("usage")
                .put("input_tokens", batch.inputTokens(ask, plan.budgetMicros() != null))
                .put("output_tokens", plan.budgetMicros() == null ? 1 : 20);
        return result.toString();
    }

    private String text(Batch batch, Ask ask) {
        if (ask.end == End.UNUSABLE) {
            return plan.withSchema() ? "no JSON" : "no";
        }
        var answer = answer(batch, ask);
        return plan.withSchema()
                ? JsonMapper.shared().createObjectNode().put("text", answer).toString()
                : answer;
    }

    /** Tells whose it is and whence it came: no two are the same. */
    static String answer(Batch batch, Ask ask) {
        return ask.content + " by " + batch.id;
    }

    /** What was accepted of what a record asks, oldest first. */
    Map<Ask, Batch> accepted(String customId, String content) {
        var found = accepted(content);
        found.keySet().removeIf(ask -> !ask.customId.equals(customId));
        return found;
    }

    /** The same, whoever asked it. */
    Map<Ask, Batch> accepted(String content) {
        var found = new LinkedHashMap<Ask, Batch>();
        for (var batch : batches.values()) {
            for (var ask : batch.asks) {
                if (!batch.foreign && ask.content.equals(content)) {
                    found.put(ask, batch);
                }
            }
        }
        return found;
    }

    Optional<Batch> any(RandomGenerator chance) {
        var ours = batches.values().stream().filter(batch -> !batch.foreign).toList();
        return ours.isEmpty()
                ? Optional.empty()
                : Optional.of(ours.get(chance.nextInt(ours.size())));
    }
}
