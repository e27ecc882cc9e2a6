package dev.nightmail.bench.upstream;

/** How the upstream takes a call, chosen by the first part of its path. */
public enum Manner {
    /** Answers at once. */
    ANSWERING,
    /** Answers at once, but never to a request that asks to be held. */
    HOLDING,
    /** Has no room, and asks to be left alone for an hour: nothing is run meanwhile. */
    FULL;

    /** The path that a client puts before its own. */
    public String path() {
        return switch (this) {
            case ANSWERING -> "/answering";
            case HOLDING -> "/holding";
            case FULL -> "/full";
        };
    }

    static Manner of(String requestLine) {
        for (var manner : values()) {
            if (requestLine.startsWith("POST " + manner.path() + "/")) {
                return manner;
            }
        }
        throw new IllegalArgumentException("no such path: " + requestLine);
    }
}
