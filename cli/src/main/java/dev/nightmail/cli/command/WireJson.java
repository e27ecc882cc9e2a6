package dev.nightmail.cli.command;

import dev.nightmail.pipeline.client.RequestCounts;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Parts of a batch for programs, with the names and forms they have on the wire. */
public final class WireJson {

    private WireJson() {}

    public static void putCounts(ObjectNode batch, RequestCounts counts) {
        batch.putObject("request_counts")
                .put("processing", counts.processing())
                .put("succeeded", counts.succeeded())
                .put("errored", counts.errored())
                .put("canceled", counts.canceled())
                .put("expired", counts.expired());
    }

    public static @Nullable String time(@Nullable Instant time) {
        return time == null ? null : time.toString();
    }
}
