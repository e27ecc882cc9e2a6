package dev.nightmail.upstream.anthropic;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.core.error.ErrorType;
import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.AttemptOutcome.Failed;
import dev.nightmail.core.upstream.AttemptOutcome.Refused;
import dev.nightmail.core.upstream.AttemptOutcome.Throttled;
import dev.nightmail.core.upstream.BatchUpstream;
import dev.nightmail.core.upstream.RelayedOutcome;
import dev.nightmail.core.usage.Billing;
import dev.nightmail.core.usage.ServiceTier;
import dev.nightmail.core.usage.Usage;
import dev.nightmail.upstream.http.HttpHeaders;
import dev.nightmail.upstream.json.JsonWriter;
import dev.nightmail.upstream.wire.ErrorBody;
import dev.nightmail.upstream.wire.MessageReading;
import dev.nightmail.wire.json.ResultReading;
import dev.nightmail.wire.json.ResultReading.Read;
import java.util.Arrays;

/** What the results of a provider's batch mean for its requests. */
final class BatchResults {

    /** Of a line that cannot be read: longer than nearly all answers, and clients can read it. */
    private static final int KEPT_BYTES_MAX = 16 << 20;

    private final String upstream;
    private final Answers answers;

    BatchResults(String upstream, Answers answers) {
        this.upstream = upstream;
        this.answers = answers;
    }

    /**
     * Hands one line on. One that is about no request is passed over: whose it is nobody can say,
     * and that it is missing will be noticed.
     *
     * @return whether more is wanted
     */
    boolean read(byte[] line, BatchUpstream.Receiver receiver) throws InterruptedException {
        var found = ResultReading.line(line);
        if (found.isEmpty()) {
            return true;
        }
        var read = found.get();
        if (read instanceof Read.Garbled(var customId)) {
            receiver.unreadable(customId, unreadable(line));
            return true;
        }
        return receiver.take(read.customId(), outcome(read, line));
    }

    private RelayedOutcome outcome(Read result, byte[] line) {
        return switch (result) {
            case Read.Succeeded(var _, var message) -> new RelayedOutcome.Tried(answered(message));
            case Read.Errored(var _, var error) -> new RelayedOutcome.Tried(errored(error));
            case Read.Canceled _ -> new RelayedOutcome.Canceled();
            case Read.Expired _ -> new RelayedOutcome.Expired();
            case Read.Unknown _, Read.Garbled _ ->
                    new RelayedOutcome.Tried(new Refused(unreadable(line)));
        };
    }

    /**
     * Of a line that is no result we know. It may have been paid for, so it is not tried again, and
     * whoever paid gets what came.
     */
    private static JsonBytes unreadable(byte[] line) {
        int kept = Math.min(line.length, KEPT_BYTES_MAX);
        var out = new JsonWriter(kept + 400);
        out.beginObject();
        out.name("type").value("error");
        out.name("error").beginObject();
        out.name("type").value(ErrorType.API_ERROR.wireName());
        out.name("message")
                .value(
                        "the provider's result for this request cannot be read; it may have been answered and billed, so it is not sent again: see details.line");
        out.name("details").beginObject();
        out.name("error_code").value("unreadable_result");
        out.name("line").value(new String(line, 0, kept, UTF_8));
        out.endObject();
        out.endObject();
        out.name("request_id").nothing();
        out.endObject();
        return JsonBytes.of(out.toByteArray());
    }

    /**
     * It was paid for, whatever can be read of it. Whatever tier it says: this is the batch's
     * price.
     */
    private AttemptOutcome answered(byte[] message) {
        var read =
                MessageReading.forBatch(message)
                        .orElseGet(() ->
                                new MessageReading.Read(
                                        JsonBytes.flatten(message),
                                        Usage.NONE,
                                        ServiceTier.UNREPORTED,
                                        false));
        return answers.answered(
                read, new Billing(upstream, tier(read.tier()), read.inUsOnly()), HttpHeaders.NONE);
    }

    private static ServiceTier tier(ServiceTier told) {
        return told == ServiceTier.UNREPORTED ? told : ServiceTier.BATCH;
    }

    private AttemptOutcome badAnswer() {
        return Failed.perhapsPaid("bad answer", null, answers.badAnswer(HttpHeaders.NONE));
    }

    /**
     * As the same error would mean in answer to a call; but that there was no room for it has cost
     * it hours, and counts as a try.
     */
    private AttemptOutcome errored(byte[] error) {
        var read = ErrorBody.read(error);
        if (read.isEmpty()) {
            return badAnswer();
        }
        int status =
                Arrays.stream(ErrorType.values())
                        .filter(type -> type.wireName().equals(read.get().type()))
                        .findFirst()
                        .orElse(ErrorType.API_ERROR)
                        .status();
        var outcome = answers.answered(status, HttpHeaders.NONE, error);
        return outcome instanceof Throttled throttled
                ? Failed.unpaid(read.get().type(), null, throttled.error())
                : outcome;
    }
}
