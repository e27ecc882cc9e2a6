package dev.nightmail.upstream.schema;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The range a schema leaves to a number; null is no bound. */
record NumberBounds(
        @Nullable BigDecimal low, boolean lowOpen, @Nullable BigDecimal high, boolean highOpen) {

    static NumberBounds of(JsonNode schema) {
        var low = number(schema, "minimum");
        var openLow = number(schema, "exclusiveMinimum");
        var high = number(schema, "maximum");
        var openHigh = number(schema, "exclusiveMaximum");
        boolean lowOpen = openLow != null && (low == null || openLow.compareTo(low) >= 0);
        boolean highOpen = openHigh != null && (high == null || openHigh.compareTo(high) <= 0);
        return new NumberBounds(
                lowOpen ? openLow : low, lowOpen, highOpen ? openHigh : high, highOpen);
    }

    private static @Nullable BigDecimal number(JsonNode schema, String keyword) {
        var value = schema.get(keyword);
        return value != null && value.isNumber() ? value.decimalValue() : null;
    }

    boolean contains(BigDecimal number) {
        if (low != null && number.compareTo(low) < (lowOpen ? 1 : 0)) {
            return false;
        }
        return high == null || number.compareTo(high) <= (highOpen ? -1 : 0);
    }
}
