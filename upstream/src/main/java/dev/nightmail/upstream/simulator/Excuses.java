package dev.nightmail.upstream.simulator;

import dev.nightmail.upstream.simulator.service.Admission.RateLimited;
import java.util.Locale;

/** What the simulated service says when it does not answer. */
final class Excuses {

    static final String OVERLOADED = "the simulated service is overloaded";
    static final String BROWN_OUT = "the simulated service has a bad time";
    static final String TOOK_TOO_LONG = "the simulated call took too long";

    private Excuses() {}

    static String of(Fault fault) {
        return "a simulated fault (%s)".formatted(fault);
    }

    static String of(RateLimited limited) {
        var what = limited.limit().name().toLowerCase(Locale.ROOT).replace('_', ' ');
        return "this request would exceed the simulated rate limit of %s per minute"
                .formatted(what);
    }
}
