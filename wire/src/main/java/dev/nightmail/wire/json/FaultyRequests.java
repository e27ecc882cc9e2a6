package dev.nightmail.wire.json;

import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which request a refused create names. Validators say where the fault is before they say what it
 * is: {@code requests.17.params.model: Field required} (wire contract, section 1.5). Only how the
 * message begins counts: what follows may repeat what a client wrote.
 */
final class FaultyRequests {

    private static final Pattern NAMED =
            Pattern.compile("requests(?:\\.|\\[)(\\d{1,9})(?=[.\\]:\\s])");

    private FaultyRequests() {}

    /** Empty if it names none. */
    static Set<Integer> in(String message) {
        var named = NAMED.matcher(message);
        return named.lookingAt() ? Set.of(Integer.parseInt(named.group(1))) : Set.of();
    }
}
