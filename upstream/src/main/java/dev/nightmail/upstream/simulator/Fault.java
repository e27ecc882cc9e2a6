package dev.nightmail.upstream.simulator;

import dev.nightmail.core.error.ErrorType;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What can go wrong with a simulated call. */
public enum Fault {
    RATE_LIMIT(ErrorType.RATE_LIMIT_ERROR),
    OVERLOADED(ErrorType.OVERLOADED_ERROR),
    API(ErrorType.API_ERROR),
    TIMEOUT(ErrorType.TIMEOUT_ERROR),
    INVALID_REQUEST(ErrorType.INVALID_REQUEST_ERROR),
    AUTHENTICATION(ErrorType.AUTHENTICATION_ERROR),
    BILLING(ErrorType.BILLING_ERROR),
    PERMISSION(ErrorType.PERMISSION_ERROR),
    NOT_FOUND(ErrorType.NOT_FOUND_ERROR),
    /** The connection breaks in the middle of the answer. */
    CUT(null),
    /** No connection can be made. */
    UNREACHABLE(null),
    /** The answer is not a Message. */
    GARBAGE(null);

    private final @Nullable ErrorType type;

    Fault(@Nullable ErrorType type) {
        this.type = type;
    }

    /** The error it answers with; empty where it is no answer at all. */
    Optional<ErrorType> type() {
        return Optional.ofNullable(type);
    }

    private String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Fault parse(String word) {
        return Arrays.stream(values())
                .filter(fault -> fault.word().equals(word))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "error=%s is none of %s".formatted(word, words())));
    }

    private static String words() {
        return Arrays.stream(values()).map(Fault::word).collect(Collectors.joining(", "));
    }
}
