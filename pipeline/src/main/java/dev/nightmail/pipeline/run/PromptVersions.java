package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.definition.PipelineDefinition;
import dev.nightmail.pipeline.prompt.RequestTemplate;
import dev.nightmail.pipeline.state.PipelineState;
import dev.nightmail.pipeline.state.StoredPrompt;
import java.util.List;

/**
 * The prompts a pipeline was run with, as its state has them. Reading them changes nothing and
 * waits for nobody.
 *
 * @param all the oldest first
 * @param current the version of the pipeline file as it is now, which may not have been run yet
 */
public record PromptVersions(List<StoredPrompt> all, String current) {

    public PromptVersions {
        all = List.copyOf(all);
    }

    /**
     * Reads them.
     *
     * @throws dev.nightmail.pipeline.state.StateException if the state cannot be read
     */
    public static PromptVersions read(PipelineDefinition pipeline) {
        try (var state =
                PipelineState.look(pipeline.stateFile()).orElseGet(PipelineState::scratch)) {
            return new PromptVersions(
                    state.prompts().all(), new RequestTemplate(pipeline).version().value());
        }
    }
}
