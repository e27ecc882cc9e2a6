package dev.nightmail.core.schedule;

import dev.nightmail.core.request.Prefixes;
import dev.nightmail.core.request.RequestFacts;
import java.util.Arrays;

/** What a test says of the requests of a batch; the rest is the same for all of them. */
final class TestFacts implements RequestFacts {

    private static final int OUTPUT_TOKENS_MAX = 400;

    private final int[] modelOf;
    private final int[] outputTokensMax;
    private final Prefixes prefixes;

    private TestFacts(int[] modelOf, int[] outputTokensMax, Prefixes prefixes) {
        this.modelOf = modelOf;
        this.outputTokensMax = outputTokensMax;
        this.prefixes = prefixes;
    }

    /** The model of each. */
    static TestFacts models(int... modelOf) {
        var alike = new int[modelOf.length];
        Arrays.fill(alike, OUTPUT_TOKENS_MAX);
        return new TestFacts(modelOf, alike, Prefixes.NONE);
    }

    /** How long the answer of each may be. */
    static TestFacts outputs(int... outputTokensMax) {
        return outputs(outputTokensMax, Prefixes.NONE);
    }

    static TestFacts outputs(int[] outputTokensMax, Prefixes prefixes) {
        return new TestFacts(new int[outputTokensMax.length], outputTokensMax, prefixes);
    }

    @Override
    public int size() {
        return modelOf.length;
    }

    @Override
    public int model(int number) {
        return modelOf[number];
    }

    @Override
    public int inputTokensEstimate(int number) {
        return 100;
    }

    @Override
    public int outputTokensMax(int number) {
        return outputTokensMax[number];
    }

    @Override
    public Prefixes prefixes() {
        return prefixes;
    }

    @Override
    public int lineBytes(int number) {
        return 200;
    }
}
