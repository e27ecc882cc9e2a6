package dev.nightmail.bench.settle;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.nightmail.bench.upstream.Answers;
import dev.nightmail.bench.workload.Workload;
import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.request.CustomId;
import dev.nightmail.core.result.Result;
import dev.nightmail.core.result.SettledRequest;
import dev.nightmail.core.usage.Billing;
import dev.nightmail.core.usage.ServiceTier;
import dev.nightmail.core.usage.Usage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The answers to the requests of a batch, as they stand in memory when an upstream has given them,
 * and as the bytes they are on a disk.
 */
final class Answered {

    /** So many different ones that no cache of the processor holds them all. */
    private static final int MESSAGES = 512;

    private static final Usage USAGE = new Usage(600, 450, 0, 0, 0);
    private static final Billing BILLING = new Billing("upstream", ServiceTier.STANDARD, false);

    private final List<CustomId> customIds = new ArrayList<>();
    private final List<Result> results = new ArrayList<>();
    private final List<byte[]> lines = new ArrayList<>();
    private final Instant at;

    Answered(int requests, Instant at) {
        this.at = at;
        var workload = Workload.of(requests);
        for (int number = 0; number < requests; number++) {
            customIds.add(new CustomId(workload.customId(number)));
        }
        for (int number = 0; number < MESSAGES; number++) {
            var id = workload.customId(number);
            var message = Answers.body(Workload.answer(id, number));
            results.add(new Result.Succeeded(JsonBytes.of(message), USAGE, BILLING));
            lines.add(line(id, message));
        }
    }

    private static byte[] line(String id, byte[] message) {
        var text =
                "{\"custom_id\":\"%s\",\"result\":{\"type\":\"succeeded\",\"message\":%s}}\n"
                        .formatted(id, new String(message, US_ASCII));
        return text.getBytes(US_ASCII);
    }

    int requests() {
        return customIds.size();
    }

    CustomId customId(int number) {
        return customIds.get(number);
    }

    SettledRequest settled(int number) {
        return new SettledRequest(
                number, customIds.get(number), results.get(number % MESSAGES), at);
    }

    /** The line of a result; all are of the same length. */
    byte[] line(int number) {
        return lines.get(number % MESSAGES);
    }

    int lineBytes() {
        return lines.getFirst().length;
    }
}
