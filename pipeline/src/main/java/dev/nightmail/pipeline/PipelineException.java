package dev.nightmail.pipeline;

import dev.nightmail.pipeline.answer.InvalidSchemaException;
import dev.nightmail.pipeline.client.EndpointException;
import dev.nightmail.pipeline.cost.PriceFileException;
import dev.nightmail.pipeline.definition.DefinitionException;
import dev.nightmail.pipeline.natives.NativeLibraryException;
import dev.nightmail.pipeline.prompt.PromptException;
import dev.nightmail.pipeline.run.RunException;
import dev.nightmail.pipeline.sink.SinkException;
import dev.nightmail.pipeline.source.EmptySourceException;
import dev.nightmail.pipeline.source.SourceException;
import dev.nightmail.pipeline.state.RunUnderWayException;
import dev.nightmail.pipeline.state.StateException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline cannot be used, or its run cannot go on; the message says what to do. What was done is
 * kept, and the next run goes on from there.
 */
public final class PipelineException extends RuntimeException {

    /** What it is about: who can act on it. */
    public enum Kind {
        /** The pipeline is wrong; {@link #problems} has a line for each thing to mend. */
        DEFINITION,
        /** The source has no records, which need not be wrong. */
        NO_RECORDS,
        /** The source cannot be read. */
        SOURCE,
        /** The answers cannot be written; they are kept, and the next run writes them. */
        SINK,
        /** The endpoint is not named, refuses, or does not answer. */
        ENDPOINT,
        /** Another run of the same pipeline is under way, in this process or another. */
        UNDER_WAY,
        /** The run cannot go on for another reason. */
        RUN
    }

    private final Kind kind;
    private final List<String> problems;

    PipelineException(Kind kind, String message) {
        this(kind, message, List.of(message), null);
    }

    private PipelineException(
            Kind kind, String message, List<String> problems, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.problems = List.copyOf(problems);
    }

    /** {@return what it is about} */
    public Kind kind() {
        return kind;
    }

    /**
     * {@return what is wrong, a line each; of a definition each names its key, others have one
     * line}
     */
    public List<String> problems() {
        return problems;
    }

    /** Our own failures in the words of the API; anybody else's as it is. */
    static RuntimeException of(RuntimeException failure) {
        return switch (failure) {
            case DefinitionException definition ->
                    of(Kind.DEFINITION, definition, definition.problems());
            case PromptException _, InvalidSchemaException _, PriceFileException _ ->
                    of(Kind.DEFINITION, failure);
            case EmptySourceException _ -> of(Kind.NO_RECORDS, failure);
            case SourceException _ -> of(Kind.SOURCE, failure);
            case SinkException _ -> of(Kind.SINK, failure);
            case EndpointException _ -> of(Kind.ENDPOINT, failure);
            case RunUnderWayException _ -> of(Kind.UNDER_WAY, failure);
            case RunException _, StateException _, NativeLibraryException _ ->
                    of(Kind.RUN, failure);
            default -> failure;
        };
    }

    private static PipelineException of(Kind kind, RuntimeException failure) {
        return of(kind, failure, String.valueOf(failure.getMessage()).lines().toList());
    }

    private static PipelineException of(
            Kind kind, RuntimeException failure, List<String> problems) {
        return new PipelineException(kind, String.valueOf(failure.getMessage()), problems, failure);
    }
}
