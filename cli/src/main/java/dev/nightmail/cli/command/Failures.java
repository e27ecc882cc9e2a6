package dev.nightmail.cli.command;

import dev.nightmail.cli.surroundings.Surroundings;
import dev.nightmail.pipeline.answer.InvalidSchemaException;
import dev.nightmail.pipeline.client.AnswerLostException;
import dev.nightmail.pipeline.client.BrokenAnswerException;
import dev.nightmail.pipeline.client.EndpointException;
import dev.nightmail.pipeline.client.RefusedException;
import dev.nightmail.pipeline.client.UnreachableException;
import dev.nightmail.pipeline.definition.DefinitionException;
import dev.nightmail.pipeline.prompt.PromptException;
import java.io.PrintStream;
import java.nio.file.ClosedByInterruptException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Tells a failure on standard error, one line for each thing to mend, and gives the exit code. */
public final class Failures {
}
