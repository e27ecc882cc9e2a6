package dev.nightmail.core.usage;

import java.util.Comparator;

/**
 * On what terms an answer was billed.
 *
 * @param upstream that answered, as the configuration names it; empty if it is not known any more
 * @param inUsOnly whether the upstream ran it under {@code inference_geo: us}, which costs a tenth
 *     more (wire contract, section 1.7)
 */
public record Billing(String upstream, ServiceTier tier, boolean inUsOnly)
        implements Comparable<Billing> {

    /** Names are at most so long, in ASCII: the result index has this much room for one. */
    public static final int UPSTREAM_LENGTH_MAX = 40;

    /** For an answer whose terms were lost. */
    public static final Billing UNKNOWN = new Billing("", ServiceTier.UNKNOWN, false);

    private static final Comparator<Billing> ORDER =
            Comparator.comparing(Billing::upstream)
                    .thenComparing(Billing::tier)
                    .thenComparing(Billing::inUsOnly);

    public Billing {
        if (upstream.length() > UPSTREAM_LENGTH_MAX
                || upstream.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw new IllegalArgumentException(
                    "the name of an upstream is at most %d printable ASCII characters"
                            .formatted(UPSTREAM_LENGTH_MAX));
        }
    }

    @Override
    public int compareTo(Billing other) {
        return ORDER.compare(this, other);
    }
}
