package dev.nightmail.api.upstreams;

import static dev.nightmail.api.wire.WireJson.stamp;
import static dev.nightmail.api.wire.WireJson.stringOrNull;

import dev.nightmail.api.wire.WireJson;
import dev.nightmail.core.schedule.UpstreamState;
import dev.nightmail.core.schedule.UpstreamState.Problem;
import dev.nightmail.core.schedule.UpstreamState.Relays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** Upstreams as the wire shows them: always all fields, absent values as null. */
final class UpstreamJson {

    private UpstreamJson() {}

    static byte[] list(List<UpstreamState> upstreams) {
        return WireJson.object(json -> {
            json.writeArrayPropertyStart("data");
            for (var upstream : upstreams) {
                json.writeStartObject();
                fields(json, upstream);
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    /** That a person has resumed one. */
    static byte[] resumed(String name) {
        return WireJson.object(json -> {
            json.writeStringProperty("name", name);
            json.writeStringProperty("type", "upstream_resumed");
        });
    }

    private static void fields(JsonGenerator json, UpstreamState upstream) {
        json.writeStringProperty("name", upstream.name());
        json.writeStringProperty("type", "upstream");
        json.writeStringProperty("condition", word(upstream.condition()));
        stringOrNull(json, "paused_until", stamp(upstream.pausedUntil()));
        var places = upstream.places();
        json.writeObjectPropertyStart("calls_in_flight");
        json.writeNumberProperty("batches", places.inFlight());
        json.writeNumberProperty("batches_limit", places.limit());
        json.writeNumberProperty("batches_max", places.max());
        json.writeNumberProperty("interactive", places.interactive());
        json.writeEndObject();
        json.writeArrayPropertyStart("rate_limits");
        for (var quota : upstream.quotas()) {
            json.writeStartObject();
            json.writeStringProperty("of", word(quota.limit()));
            json.writeNumberProperty("limit", quota.most());
            json.writeNumberProperty("remaining", quota.left());
            json.writeNumberProperty("refill_per_second", thousandths(quota.perSecond()));
            json.writeEndObject();
        }
        json.writeEndArray();
        var found = upstream.callsPerSecondFound();
        if (found == null) {
            json.writeNullProperty("calls_per_second_found");
        } else {
            json.writeNumberProperty("calls_per_second_found", thousandths(found));
        }
        json.writeNumberProperty("batches_waiting", upstream.batchesWaiting());
        var calls = upstream.calls();
        json.writeObjectPropertyStart("calls");
        json.writeNumberProperty("answered", calls.answered());
        json.writeNumberProperty("throttled", calls.throttled());
        json.writeNumberProperty("failed", calls.failed());
        json.writeEndObject();
        json.writeNumberProperty("answers_per_second", thousandths(calls.answeredPerSecond()));
        relays(json, upstream.relays());
        problem(json, upstream.lastProblem());
    }

    private static void relays(JsonGenerator json, @Nullable Relays relays) {
        if (relays == null) {
            json.writeNullProperty("relays");
            return;
        }
        json.writeObjectPropertyStart("relays");
        json.writeNumberProperty("out", relays.out());
        json.writeNumberProperty("max", relays.max());
        json.writeNumberProperty("requests", relays.requests());
        json.writeNumberProperty("requests_max", relays.requestsMax());
        json.writeNumberProperty("requests_waiting", relays.requestsWaiting());
        json.writeBooleanProperty("held", relays.held());
        json.writeEndObject();
    }

    private static void problem(JsonGenerator json, @Nullable Problem problem) {
        if (problem == null) {
            json.writeNullProperty("last_problem");
            return;
        }
        json.writeObjectPropertyStart("last_problem");
        json.writeStringProperty("reason", problem.reason());
        stringOrNull(json, "at", stamp(problem.at()));
        json.writeEndObject();
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static double thousandths(double value) {
        return Math.round(value * 1e3) / 1e3;
    }
}
