package dev.nightmail.pipeline.testing;

import dev.nightmail.pipeline.paths.NamedFile;
import dev.nightmail.pipeline.sink.AppendNotes;
import dev.nightmail.pipeline.sink.RowShape;
import dev.nightmail.pipeline.sink.SinkContext;
import dev.nightmail.pipeline.sink.WholeFile;
import dev.nightmail.pipeline.streams.StandardStreams;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A run around a sink; what the sink says and waits for is kept. */
public final class RecordingSinkContext implements SinkContext {

    private final RowShape shape;
    private final List<String> notes = new ArrayList<>();
    private final List<Duration> pauses = new ArrayList<>();
    private final RecordedNotes appendNotes = new RecordedNotes();
    private boolean mayOverwrite;
    private Instant now = Instant.parse("2026-01-02T03:04:05Z");
    private String pipelineId = "pipeline-1";
    private Runnable whilePausing = () -> {};
    private OutputStream output = OutputStream.nullOutputStream();

    public RecordingSinkContext(@Nullable JsonNode schema) {
        this(RowShape.ofAnswer(schema));
    }

    public RecordingSinkContext(RowShape shape) {
        this.shape = shape;
    }

    public List<String> notes() {
        return notes;
    }

    public List<Duration> pauses() {
        return pauses;
    }

    public void pipelineId(String id) {
        pipelineId = id;
    }

    /** What happens in the world while the sink waits. */
    public void whilePausing(Runnable event) {
        whilePausing = event;
    }

    @Override
    public RowShape shape() {
        return shape;
    }

    @Override
    public String pipelineId() {
        return pipelineId;
    }

    /** Where standard output goes. */
    public void output(OutputStream to) {
        output = to;
    }

    @Override
    public StandardStreams streams() {
        return new StandardStreams(InputStream.nullInputStream(), false, output);
    }

    @Override
    public void note(String sentence) {
        notes.add(sentence);
    }

    @Override
    public Instant now() {
        return now;
    }

    /** Time goes by. */
    public void passes(Duration duration) {
        now = now.plus(duration);
    }

    @Override
    public void pause(Duration duration) {
        pauses.add(duration);
        whilePausing.run();
    }

    @Override
    public Duration patience() {
        return Duration.ofMinutes(5);
    }

    @Override
    public void checkFile(NamedFile file) {
        WholeFile.check(file.key(), file.path());
    }

    @Override
    public void replaceFile(NamedFile file, WholeFile.Filling filling) {
        WholeFile.replace(file.path(), filling, _ -> {});
    }

    @Override
    public boolean mayOverwrite() {
        return mayOverwrite;
    }

    public void allowOverwriting() {
        mayOverwrite = true;
    }

    @Override
    public AppendNotes appendNotes(NamedFile file) {
        return appendNotes;
    }

    public RecordedNotes appendNotes() {
        return appendNotes;
    }

    /** Notes of the one file there is, which outlive every sink. */
    public static final class RecordedNotes implements AppendNotes {
        private Note note = Note.NONE;
        private boolean isWrittenWhole;
        private Runnable beforeWriting = () -> {};

        /** Happens before each note is written: throwing is a crash right before it. */
        public void beforeWriting(Runnable event) {
            beforeWriting = event;
        }

        /** The file that is there was written in another mode. */
        public void writtenWhole() {
            isWrittenWhole = true;
        }

        @Override
        public Note read() {
            return note;
        }

        @Override
        public void write(Note next) {
            beforeWriting.run();
            note = next;
            isWrittenWhole = false;
        }

        @Override
        public void forget() {
            note = Note.NONE;
            isWrittenWhole = false;
        }

        @Override
        public boolean isWrittenWhole() {
            return isWrittenWhole;
        }
    }
}
