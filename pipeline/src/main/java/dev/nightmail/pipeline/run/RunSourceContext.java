package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.definition.PipelineDefinition;
import dev.nightmail.pipeline.source.SourceContext;
import dev.nightmail.pipeline.state.PipelineState;
import dev.nightmail.pipeline.streams.StandardStreams;
import java.nio.file.Path;
import java.util.List;

/** What a source is told of its pipeline and the run it is read for. */
record RunSourceContext(
        PipelineDefinition pipeline,
        PipelineState state,
        StandardStreams streams,
        ProgressListener listener)
        implements SourceContext {

    @Override
    public List<Path> ownFiles() {
        return pipeline.ownFiles();
    }

    @Override
    public Path workFolder() {
        return pipeline.sourceFolder();
    }

    @Override
    public boolean readsAsBefore() {
        return state.readsAsBefore();
    }

    @Override
    public void readAsNew() {
        if (!state.isOnlyLookedAt()) {
            state.inTransaction(state::readAsNew);
        }
    }

    @Override
    public void note(String sentence) {
        listener.on(new RunEvent.Noted(sentence));
    }
}
