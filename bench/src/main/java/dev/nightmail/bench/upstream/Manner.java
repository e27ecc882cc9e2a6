package dev.nightmail.bench.upstream;

import java.time.Duration;

/** How the upstream takes a call, chosen by the first part of its path. */
public sealed interface Manner {

    /** Answers at once. */
    Manner ANSWERING = new Answering(Duration.ZERO);

    /** Answers at once, but never to a request that asks to be held. */
    Manner HOLDING = new Holding();

    /** Has no room, and asks to be left alone for an hour: nothing is run meanwhile. */
    Manner FULL = new Full();

    /** Answers at once, with JSON. */
    Manner FITTING = new Fitting(false);

    /** Counts tokens, but never answers. */
    Manner NEVER = new Fitting(true);

    /** The path that a client puts before its own. */
    String path();

    /**
     * Answers every call, however many there are, so long after it came.
     *
     * @param after in whole milliseconds
     */
    record Answering(Duration after) implements Manner {

        private static final String BEFORE = "/answering/";
        private static final String BEHIND = "ms/";

        @Override
        public String path() {
            return BEFORE + after.toMillis() + "ms";
        }
    }

    record Holding() implements Manner {
        @Override
        public String path() {
            return "/holding";
        }
    }

    /**
     * Answers at once with a JSON object, or never.
     *
     * @param held never
     */
    record Fitting(boolean held) implements Manner {
        @Override
        public String path() {
            return held ? "/never" : "/fitting";
        }
    }

    record Full() implements Manner {
        @Override
        public String path() {
            return "/full";
        }
    }

    static Manner of(String requestLine) {
        if (requestLine.startsWith("POST " + Answering.BEFORE)) {
            int from = "POST ".length() + Answering.BEFORE.length();
            int to = requestLine.indexOf(Answering.BEHIND, from);
            return new Answering(Duration.ofMillis(Long.parseLong(requestLine, from, to, 10)));
        }
        if (requestLine.startsWith("POST /holding/")) {
            return HOLDING;
        }
        if (requestLine.startsWith("POST /fitting/")) {
            return FITTING;
        }
        if (requestLine.startsWith("POST /never/")) {
            return NEVER;
        }
        if (requestLine.startsWith("POST /full/")) {
            return FULL;
        }
        throw new IllegalArgumentException("no such path: " + requestLine);
    }
}
