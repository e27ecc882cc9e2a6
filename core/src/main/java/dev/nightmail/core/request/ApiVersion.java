package dev.nightmail.core.request;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The generation of the API a client speaks. It is kept with a batch, whose requests are checked
 * and sent by it.
 */
public enum ApiVersion {
    V2023_06_01("2023-06-01"),
    V2026_10_21("2026-10-21");

    private final String header;

    ApiVersion(String header) {
        this.header = header;
    }

    /** The value of the {@code anthropic-version} header. */
    public String header() {
        return header;
    }

    public static Optional<ApiVersion> parse(String header) {
        return Arrays.stream(values())
                .filter(version -> version.header.equals(header.strip()))
                .findFirst();
    }

    /** For error messages. */
    public static String known() {
        return Arrays.stream(values()).map(ApiVersion::header).collect(Collectors.joining(", "));
    }
}
