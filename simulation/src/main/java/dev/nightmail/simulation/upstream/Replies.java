package dev.nightmail.simulation.upstream;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.Headroom;
import dev.nightmail.core.usage.Billing;
import dev.nightmail.core.usage.ServiceTier;
import dev.nightmail.core.usage.Usage;
import dev.nightmail.simulation.client.Account;
import java.util.random.RandomGenerator;

/**
 * What an upstream says of a request. Every answer names its request and differs from every other,
 * so that a result can be traced to where it came from.
 */
final class Replies {

    private final String upstream;
    private final ServiceTier tier;
    private final RandomGenerator random;

    Replies(String upstream, ServiceTier tier, RandomGenerator random) {
        this.upstream = upstream;
        this.tier = tier;
        this.random = random;
    }

    AttemptOutcome.Answered answer(Account account) {
        long told5m = random.nextInt(3);
        long told1h = random.nextInt(3);
        long written = told5m + told1h + random.nextInt(3);
        var usage =
                Usage.told(
                        random.nextInt(1000),
                        random.nextInt(1000),
                        written,
                        told5m,
                        told1h,
                        random.nextInt(10) == 0 ? 150_000 : random.nextInt(50));
        var message =
                """
                {"id":"msg_%016x","for":"%s","text":"%s","usage":{"input_tokens":%d,"output_tokens":%d,\
                "cache_creation_input_tokens":%d,"cache_creation":{"ephemeral_5m_input_tokens":%d,\
                "ephemeral_1h_input_tokens":%d},"cache_read_input_tokens":%d}}\
                """
                        .formatted(
                                random.nextLong(),
                                account.entry().id(),
                                "x".repeat(random.nextInt(200) >>> random.nextInt(8)),
                                usage.input(),
                                usage.output(),
                                written,
                                told5m,
                                told1h,
                                usage.cacheRead());
        var billing = new Billing(upstream, tier, random.nextBoolean());
        account.answers().put(message, new Account.Answer(usage, billing));
        return new AttemptOutcome.Answered(JsonBytes.of(message), usage, billing, Headroom.UNTOLD);
    }

    JsonBytes error(Account account, String type) {
        var error = text(type, account.entry().id());
        account.errors().add(error);
        return JsonBytes.of(error);
    }

    /** One error for several requests. */
    JsonBytes error(Iterable<Account> accounts, String type) {
        var error = text(type, "all of it");
        accounts.forEach(account -> account.errors().add(error));
        return JsonBytes.of(error);
    }

    private String text(String type, String message) {
        return "{\"type\":\"error\",\"error\":{\"type\":\"%s\",\"message\":\"%s\"},\"request_id\":\"req_%016x\"}"
                .formatted(type, message, random.nextLong());
    }
}
