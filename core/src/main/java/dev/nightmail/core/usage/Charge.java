package dev.nightmail.core.usage;

/** What an answer used, and on what terms it was billed. */
public record Charge(Usage usage, Billing billing) {

    /** Nothing was answered, so nobody pays. */
    public static final Charge NONE = new Charge(Usage.NONE, Billing.UNKNOWN);
}
