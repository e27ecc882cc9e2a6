package dev.nightmail.upstream.schema;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Makes up numbers: a multiple of some step between two bounds. */
final class NumberSampler {

    private static final BigDecimal USUAL_RANGE = BigDecimal.valueOf(100);
    private static final BigDecimal HUNDREDTH = new BigDecimal("0.01");

    private NumberSampler() {}

    static JsonNode integer(JsonNode schema, RandomGenerator random) throws UnsatisfiableException {
        var found = multiple(NumberBounds.of(schema), integralStep(step(schema)), random);
        if (found == null) {
            throw new UnsatisfiableException("no integer lies within the bounds it gives");
        }
        return JsonNodeFactory.instance.numberNode(found.toBigInteger());
    }

    static JsonNode number(JsonNode schema, RandomGenerator random) throws UnsatisfiableException {
        var bounds = NumberBounds.of(schema);
        var step = step(schema);
        var found = multiple(bounds, step == null ? HUNDREDTH : step, random);
        if (found == null && step == null) {
            found = middle(bounds);
        }
        if (found == null || !bounds.contains(found)) {
            throw new UnsatisfiableException("no number lies within the bounds it gives");
        }
        // Plain digits: 1E+2 is JSON too, but nobody writes a score like that.
        return JsonNodeFactory.instance.numberNode(new BigDecimal(found.toPlainString()));
    }

    private static @Nullable BigDecimal step(JsonNode schema) {
        var step = schema.get("multipleOf");
        return step != null && step.isNumber() && step.decimalValue().signum() > 0
                ? step.decimalValue().stripTrailingZeros()
                : null;
    }

    private static BigDecimal integralStep(@Nullable BigDecimal step) {
        if (step == null) {
            return BigDecimal.ONE;
        }
        if (step.scale() <= 0) {
            return step;
        }
        // n/10^k in lowest terms: its smallest whole multiple is n divided by what it shares.
        var unscaled = step.unscaledValue();
        var power = BigInteger.TEN.pow(Math.min(step.scale(), 400));
        return new BigDecimal(unscaled.divide(unscaled.gcd(power)));
    }

    private static @Nullable BigDecimal multiple(
            NumberBounds bounds, BigDecimal step, RandomGenerator random) {
        var low = bounds.low();
        var high = bounds.high();
        var reach = USUAL_RANGE.max(step.multiply(BigDecimal.TEN));
        if (low == null) {
            low = high == null || high.signum() > 0 ? BigDecimal.ZERO : high.subtract(reach);
        }
        if (high == null) {
            high = low.add(reach);
        }
        var first = low.divide(step, 0, RoundingMode.CEILING).toBigInteger();
        var last = high.divide(step, 0, RoundingMode.FLOOR).toBigInteger();
        if (bounds.lowOpen() && new BigDecimal(first).multiply(step).compareTo(low) == 0) {
            first = first.add(BigInteger.ONE);
        }
        if (bounds.highOpen() && new BigDecimal(last).multiply(step).compareTo(high) == 0) {
            last = last.subtract(BigInteger.ONE);
        }
        var choices = last.subtract(first).add(BigInteger.ONE);
        if (choices.signum() <= 0) {
            return null;
        }
        long offset =
                random.nextLong(choices.bitLength() > 40 ? 1L << 40 : choices.longValueExact());
        return new BigDecimal(first.add(BigInteger.valueOf(offset))).multiply(step);
    }

    private static @Nullable BigDecimal middle(NumberBounds bounds) {
        var low = bounds.low();
        var high = bounds.high();
        if (low == null || high == null) {
            return null;
        }
        return low.add(high).divide(BigDecimal.TWO, MathContext.DECIMAL128);
    }
}
