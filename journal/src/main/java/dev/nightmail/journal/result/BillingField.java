package dev.nightmail.journal.result;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.nightmail.core.usage.Billing;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The terms of an answer as a field of the result index. The name of the upstream stands in every
 * record, not in a table beside them: so each record says all by itself, and there is no table to
 * lose.
 *
 * <pre>
 *  at  bytes
 *   0      2  tier: 0 unknown, 1 standard, 2 priority, 3 batch, 4 simulated, 5 unreported
 *   2      2  1 if it was run in the US only, else 0
 *   4     40  name of the upstream, ASCII, filled up with zeros
 * </pre>
 */
final class BillingField {

    static final int BYTES = 4 + Billing.UPSTREAM_LENGTH_MAX;

    private BillingField() {}

    /** Appends the field. */
    static void put(ByteBuffer records, Billing billing) {
        records.putShort((short) TierCode.of(billing.tier()))
                .putShort((short) (billing.inUsOnly() ? 1 : 0))
                .put(
                        Arrays.copyOf(
                                billing.upstream().getBytes(US_ASCII),
                                Billing.UPSTREAM_LENGTH_MAX));
    }

    static boolean isPossible(ByteBuffer records, int at) {
        int geo = records.getShort(at + 2);
        return TierCode.isKnown(records.getShort(at)) && (geo == 0 || geo == 1);
    }

    /**
     * @param last the value of the record before: batches have few, so most records share it
     */
    static Billing take(ByteBuffer records, int at, Billing last) {
        var name = new byte[Billing.UPSTREAM_LENGTH_MAX];
        records.get(at + 4, name);
        int length = 0;
        while (length < name.length && name[length] != 0) {
            length++;
        }
        var billing =
                new Billing(
                        new String(name, 0, length, US_ASCII),
                        TierCode.tier(records.getShort(at)),
                        records.getShort(at + 2) == 1);
        return billing.equals(last) ? last : billing;
    }
}
