package dev.nightmail.upstream.openai;

import java.util.EnumSet;
import java.util.Set;

/** Which extras one request may have, and which it has. */
final class Extras {

    private final Set<Extra> refused;
    private final Set<Extra> used = EnumSet.noneOf(Extra.class);

    Extras(Set<Extra> refused) {
        this.refused = refused;
    }

    /** Whether to write this one; it is then taken for written. */
    boolean use(Extra extra) {
        if (refused.contains(extra)) {
            return false;
        }
        used.add(extra);
        return true;
    }

    Set<Extra> used() {
        return used;
    }
}
