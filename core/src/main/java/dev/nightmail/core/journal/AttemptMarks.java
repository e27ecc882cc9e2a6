package dev.nightmail.core.journal;

import java.util.Map;

/**
 * How often the requests of a batch were tried, as far as a try may have cost something: a mark for
 * each, written before the call is made, so that it outlives the death of the process that the call
 * may cause. It is no part of what is durable: after a power loss any of it may be missing, and
 * what cannot be written is left out. For any thread.
 */
public interface AttemptMarks extends AutoCloseable {

    /** Where nothing is marked. */
    AttemptMarks NONE =
            new AttemptMarks() {
                @Override
                public Map<Integer, Integer> before() {
                    return Map.of();
                }

                @Override
                public void mark(int request, int attempts) {}

                @Override
                public void close() {}
            };

    /** What the last process left: attempts by the number of the request, none that is zero. */
    Map<Integer, Integer> before();

    /** So many attempts of the request there are, should the process die now. */
    void mark(int request, int attempts);

    @Override
    void close();
}
