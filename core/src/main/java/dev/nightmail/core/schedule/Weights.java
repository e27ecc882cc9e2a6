package dev.nightmail.core.schedule;

import dev.nightmail.core.key.WorkspaceId;
import java.util.Map;

/**
 * How large the shares of keys are: one with twice the weight has twice the tokens of an upstream
 * that both want.
 *
 * @param byWorkspace of each key of a workspace; 1 where none is given
 */
public record Weights(Map<WorkspaceId, Integer> byWorkspace) {

    /** All are alike. */
    public static final Weights EQUAL = new Weights(Map.of());

    public static final int MAX = 1_000;

    public Weights {
        byWorkspace = Map.copyOf(byWorkspace);
        for (int weight : byWorkspace.values()) {
            if (weight < 1 || weight > MAX) {
                throw new IllegalArgumentException("a weight is between 1 and " + MAX);
            }
        }
    }

    int of(WorkspaceId workspace) {
        return byWorkspace.getOrDefault(workspace, 1);
    }
}
