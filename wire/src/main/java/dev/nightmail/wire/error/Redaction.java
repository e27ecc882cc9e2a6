package dev.nightmail.wire.error;

import java.util.ArrayList;
import java.util.List;

/**
 * Takes our own credentials, and what else is nobody's business, out of a service's words: some
 * repeat the key they refuse. Never prints what it hides.
 */
public final class Redaction {

    public static final String HIDDEN = "***";

    /** Nothing to hide. */
    public static final Redaction NONE = new Redaction(List.of());

    private final List<Hidden> hidden;

    /**
     * @param shown what stands in its place
     */
    private record Hidden(String secret, String shown) {}

    private Redaction(List<Hidden> hidden) {
        this.hidden = List.copyOf(hidden);
    }

    /** Hides a credential; a blank one is none. */
    public static Redaction of(String secret) {
        return NONE.and(secret);
    }

    public Redaction and(String secret) {
        return and(secret, HIDDEN);
    }

    /** Hides a text by another. */
    public Redaction and(String secret, String shown) {
        if (secret.isBlank()) {
            return this;
        }
        var all = new ArrayList<>(hidden);
        all.add(new Hidden(secret.strip(), shown));
        return new Redaction(all);
    }

    /** The text with each credential replaced. */
    public String in(String text) {
        var shown = text;
        for (var each : hidden) {
            shown = shown.replace(each.secret(), each.shown());
        }
        return shown;
    }

    /** Whether a text holds what is to be hidden. */
    public boolean isNeeded(String text) {
        return hidden.stream().anyMatch(each -> text.contains(each.secret()));
    }

    @Override
    public String toString() {
        return HIDDEN;
    }
}
