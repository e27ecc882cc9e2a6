package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.paths.NamedFile;
import dev.nightmail.pipeline.sink.AppendNotes;
import dev.nightmail.pipeline.state.PipelineState;

/** What the state knows of a file to which answers are added. */
record AppendedFile(NamedFile file, PipelineState state, OutputFiles files) implements AppendNotes {

    @Override
    public Note read() {
        return state.outputs().appended(file.path()).orElse(Note.NONE);
    }

    @Override
    public void write(Note note) {
        state.inTransaction(() -> state.outputs().append(file.path(), note));
    }

    @Override
    public void forget() {
        state.inTransaction(() -> state.outputs().forget(file.path()));
    }

    @Override
    public boolean isWrittenWhole() {
        return files.isWrittenWhole(file);
    }
}
