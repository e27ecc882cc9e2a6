package dev.nightmail.journal.result;

import dev.nightmail.core.result.ResultType;

/** How the result index names the four types. These numbers stand in files: append only. */
final class TypeCode {

    /** They go from zero up to below this. */
    static final int COUNT = 4;

    private TypeCode() {}

    static int of(ResultType type) {
        return switch (type) {
            case SUCCEEDED -> 0;
            case ERRORED -> 1;
            case CANCELED -> 2;
            case EXPIRED -> 3;
        };
    }

    static boolean isKnown(int code) {
        return code >= 0 && code < COUNT;
    }

    static ResultType type(int code) {
        return switch (code) {
            case 0 -> ResultType.SUCCEEDED;
            case 1 -> ResultType.ERRORED;
            case 2 -> ResultType.CANCELED;
            case 3 -> ResultType.EXPIRED;
            default -> throw new IllegalArgumentException("no result type has code " + code);
        };
    }
}
