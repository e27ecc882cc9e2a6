package dev.nightmail.journal.result;

import dev.nightmail.core.usage.ServiceTier;

/** How the result index names the tiers. These numbers stand in files: append only. */
final class TierCode {

    private TierCode() {}

    static int of(ServiceTier tier) {
        return switch (tier) {
            case UNKNOWN -> 0;
            case STANDARD -> 1;
            case PRIORITY -> 2;
            case BATCH -> 3;
            case SIMULATED -> 4;
            case UNREPORTED -> 5;
            case FREE -> 6;
        };
    }

    static boolean isKnown(int code) {
        return code >= 0 && code <= 6;
    }

    static ServiceTier tier(int code) {
        return switch (code) {
            case 0 -> ServiceTier.UNKNOWN;
            case 1 -> ServiceTier.STANDARD;
            case 2 -> ServiceTier.PRIORITY;
            case 3 -> ServiceTier.BATCH;
            case 4 -> ServiceTier.SIMULATED;
            case 5 -> ServiceTier.UNREPORTED;
            case 6 -> ServiceTier.FREE;
            default -> throw new IllegalArgumentException("no service tier has code " + code);
        };
    }
}
