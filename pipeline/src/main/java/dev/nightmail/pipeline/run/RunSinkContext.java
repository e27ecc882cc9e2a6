package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.definition.OutputDefinition;
import dev.nightmail.pipeline.definition.OutputSink;
import dev.nightmail.pipeline.definition.PipelineDefinition;
import dev.nightmail.pipeline.paths.NamedFile;
import dev.nightmail.pipeline.sink.AppendNotes;
import dev.nightmail.pipeline.sink.RowShape;
import dev.nightmail.pipeline.sink.SinkContext;
import dev.nightmail.pipeline.sink.WholeFile;
import dev.nightmail.pipeline.state.PipelineState;
import dev.nightmail.pipeline.streams.StandardStreams;
import java.time.Duration;
import java.time.Instant;

/** What a sink is told of its pipeline and the run it is written by. */
record RunSinkContext(
        OutputSink sink,
        boolean isSimulated,
        PipelineDefinition pipeline,
        RunEnvironment environment,
        PipelineState state,
        OutputFiles files,
        ProgressListener listener)
        implements SinkContext {

    @Override
    public RowShape shape() {
        return sink.shape(pipeline.outputIfAny().map(OutputDefinition::schema).orElse(null));
    }

    @Override
    public String pipelineId() {
        return state.id(environment.random());
    }

    @Override
    public StandardStreams streams() {
        return environment.streams();
    }

    @Override
    public void note(String sentence) {
        listener.on(new RunEvent.Noted(sentence));
    }

    @Override
    public Instant now() {
        return environment.clock().instant();
    }

    @Override
    public void pause(Duration duration) throws InterruptedException {
        environment.pause().pause(duration);
    }

    @Override
    public Duration patience() {
        return environment.limits().patience();
    }

    @Override
    public void checkFile(NamedFile file) {
        files.check(file);
    }

    @Override
    public void replaceFile(NamedFile file, WholeFile.Filling filling) {
        files.replace(file, filling);
    }

    @Override
    public boolean mayOverwrite() {
        return files.mayOverwrite();
    }

    @Override
    public AppendNotes appendNotes(NamedFile file) {
        return new AppendedFile(file, state, files);
    }
}
