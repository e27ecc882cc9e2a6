package dev.nightmail.wire.error;

import java.util.Optional;

/** The headers of an answer. */
@FunctionalInterface
public interface HeaderLookup {

    /** An answer without headers. */
    HeaderLookup NONE = _ -> Optional.empty();

    /** The first value of a header. */
    Optional<String> first(String lowerCaseName);
}
