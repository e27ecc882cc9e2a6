package dev.nightmail.engine.desk;

import dev.nightmail.core.schedule.UpstreamState;
import java.util.List;

/** Where one asks how the upstreams stand. Safe for many threads, and never waits. */
public interface UpstreamDesk {

    /** All of them, in the order of the configuration, as they stood at most a second ago. */
    List<UpstreamState> upstreams();
}
