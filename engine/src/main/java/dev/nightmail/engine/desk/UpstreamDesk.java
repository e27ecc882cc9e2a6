package dev.nightmail.engine.desk;

import dev.nightmail.core.schedule.UpstreamState;
import java.util.List;

/**
 * How the upstreams stand, and what a person does about it. Safe for many threads, and never waits.
 */
public interface UpstreamDesk {

    /** All of them, in the order of the configuration, as they stood at most a second ago. */
    List<UpstreamState> upstreams();

    /**
     * Has an upstream that takes batches be given them again, now, whatever kept us from it: a
     * person has seen to that. For another one it changes nothing.
     *
     * @return whether there is an upstream of that name
     */
    boolean resume(String name);
}
