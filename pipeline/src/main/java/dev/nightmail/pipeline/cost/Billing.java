package dev.nightmail.pipeline.cost;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What an endpoint bills for its answers: who answers says so. */
public enum Billing {
    /** The price of a batch, as at Anthropic's own API. */
    BATCH,
    /** The price of a call: a server that makes a call for each request says so. */
    STANDARD,
    /** Nothing: the answers come from machines of one's own. */
    FREE,
    /** Nothing: the answers are made up. */
    SIMULATED,
    /** The endpoint does not say, or in no word known here: the price of a batch is assumed. */
    ASSUMED;

    /** The word as an endpoint says it; empty if none is known here. */
    public static Optional<Billing> told(String word) {
        return Arrays.stream(values())
                .filter(billing -> billing != ASSUMED && billing.text().equals(word))
                .findFirst();
    }

    /** As it is kept and told. */
    public static Billing parse(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }

    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether somebody pays. */
    public boolean charges() {
        return this != FREE && this != SIMULATED;
    }

    /** What tokens are priced at; of made-up answers, what they would be priced at. */
    public TokenPrices prices(ModelPrice price, int step) {
        return switch (this) {
            case BATCH, SIMULATED, ASSUMED -> price.price(step);
            case STANDARD -> price.standardPrice(step);
            case FREE -> TokenPrices.NONE;
        };
    }
}
