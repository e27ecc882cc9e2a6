package dev.nightmail.cli.upstreams;

import dev.nightmail.cli.text.Figures;
import dev.nightmail.cli.text.Style;
import dev.nightmail.cli.text.Table;
import dev.nightmail.cli.text.Table.Align;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Upstreams for people: a line each, and below what does not fit into one. */
final class UpstreamText {

    private static final String INDENT = "  ";

    private final Style style;
    private final Instant now;

    UpstreamText(Style style, Instant now) {
        this.style = style;
        this.now = now;
    }

    List<String> lines(List<JsonNode> upstreams) {
        var lines = new ArrayList<>(table(upstreams));
        for (var upstream : upstreams) {
            var notes = notes(upstream);
            if (!notes.isEmpty()) {
                lines.add("");
                lines.add(style.bold(name(upstream)));
                notes.forEach(note -> lines.add(INDENT + note));
            }
        }
        return lines;
    }

    private static List<String> table(List<JsonNode> upstreams) {
        var table =
                new Table(
                        Align.LEFT,
                        Align.LEFT,
                        Align.RIGHT,
                        Align.RIGHT,
                        Align.RIGHT,
                        Align.RIGHT,
                        Align.RIGHT,
                        Align.RIGHT);
        table.row(
                "UPSTREAM",
                "STATE",
                "IN FLIGHT",
                "INTERACTIVE",
                "ANSWERS",
                "ANSWERED",
                "REFUSED",
                "FAILED");
        for (var upstream : upstreams) {
            var inFlight = upstream.path("calls_in_flight");
            var calls = upstream.path("calls");
            table.row(
                    name(upstream),
                    word(upstream.path("condition")),
                    "%d of %d (%d)"
                            .formatted(
                                    number(inFlight, "batches"),
                                    number(inFlight, "batches_limit"),
                                    number(inFlight, "batches_max")),
                    Figures.count(number(inFlight, "interactive")),
                    pace(upstream.path("answers_per_second").asDouble(0)),
                    Figures.count(number(calls, "answered")),
                    Figures.count(number(calls, "throttled")),
                    Figures.count(number(calls, "failed")));
        }
        return table.lines();
    }

    private List<String> notes(JsonNode upstream) {
        var notes = new ArrayList<String>();
        var relays = upstream.path("relays");
        time(upstream.path("paused_until"))
                .filter(until -> until.isAfter(now))
                .ifPresent(until ->
                        notes.add(
                                (relays.isObject()
                                                ? "no batch is given to it for another "
                                                : "no call of a batch for another ")
                                        + Figures.duration(Duration.between(now, until))));
        if (relays.path("held").asBoolean(false)) {
            notes.add(
                    "held: batches of ours were canceled there. Nothing is sent until: nightmail upstreams resume "
                            + name(upstream));
        }
        if (relays.isObject()) {
            notes.add(relays(relays));
        }
        long waiting = number(upstream, "batches_waiting");
        if (waiting > 0) {
            notes.add(Figures.counted(waiting, "batch") + " waiting");
        }
        var limits = upstream.path("rate_limits");
        if (!limits.isEmpty()) {
            notes.add(
                    "left of its limits: "
                            + limits.values().stream()
                                    .map(UpstreamText::limit)
                                    .collect(Collectors.joining(", ")));
        }
        if (upstream.path("calls_per_second_found").isNumber()) {
            notes.add(
                    "limit found: "
                            + Figures.rate(upstream.path("calls_per_second_found").doubleValue()));
        }
        var problem = upstream.path("last_problem");
        if (problem.isObject()) {
            notes.add("last problem" + ago(problem) + ": " + problem.path("reason").asString(""));
        }
        return notes;
    }

    private static String relays(JsonNode relays) {
        return "has %s of %s batches, with %s of %s requests; %s wait for the next one"
                .formatted(
                        Figures.count(number(relays, "out")),
                        Figures.count(number(relays, "max")),
                        Figures.count(number(relays, "requests")),
                        Figures.count(number(relays, "requests_max")),
                        Figures.count(number(relays, "requests_waiting")));
    }

    private static String pace(double perSecond) {
        return perSecond > 0 ? Figures.rate(perSecond) : "-";
    }

    private static String limit(JsonNode limit) {
        return "%s of %s %s"
                .formatted(
                        Figures.count(number(limit, "remaining")),
                        Figures.count(number(limit, "limit")),
                        word(limit.path("of")));
    }

    private String ago(JsonNode problem) {
        return time(problem.path("at"))
                .map(at -> ", " + Figures.duration(Duration.between(at, now)) + " ago")
                .orElse("");
    }

    private static Optional<Instant> time(JsonNode value) {
        try {
            return value.isString()
                    ? Optional.of(Instant.parse(value.stringValue()))
                    : Optional.empty();
        } catch (DateTimeParseException _) {
            return Optional.empty();
        }
    }

    private static String name(JsonNode upstream) {
        return upstream.path("name").asString("?");
    }

    private static String word(JsonNode value) {
        return value.asString("?").replace('_', ' ');
    }

    private static long number(JsonNode object, String field) {
        return object.path(field).asLong(0);
    }
}
