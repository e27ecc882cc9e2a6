package dev.nightmail.bench.measure;

/** The server did something wrong, or so slowly that something must be. The message says what. */
public final class BenchmarkFailure extends RuntimeException {

    public BenchmarkFailure(String message) {
        super(message);
    }
}
