package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.client.BatchesApi;
import dev.nightmail.pipeline.state.PipelineState;
import java.nio.file.Path;
import java.util.function.Consumer;

/** What a run works with, one of each for a run: those that ship, or a simulation's. */
interface RunParts {

    PipelineState state(Path file);

    Lanes lanes();

    /**
     * @param retrying told why, when a call is about to be repeated for the first time
     */
    BatchesApi client(Consumer<String> retrying);
}
