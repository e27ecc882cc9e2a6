package dev.nightmail.cli.command;

import dev.nightmail.cli.surroundings.Surroundings;
import dev.nightmail.cli.text.Shown;
import dev.nightmail.config.yaml.Spelling;
import dev.nightmail.pipeline.answer.InvalidSchemaException;
import dev.nightmail.pipeline.client.AnswerLostException;
import dev.nightmail.pipeline.client.BrokenAnswerException;
import dev.nightmail.pipeline.client.EndpointException;
import dev.nightmail.pipeline.client.RefusedException;
import dev.nightmail.pipeline.client.UnreachableException;
import dev.nightmail.pipeline.cost.PriceFileException;
import dev.nightmail.pipeline.definition.DefinitionException;
import dev.nightmail.pipeline.natives.SqliteLibrary;
import dev.nightmail.pipeline.prompt.PromptException;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Tells failures on standard error, a line for each thing to mend, and gives the exit code. */
public final class Failures {

    private static final String PROGRAM = "nightmail: ";

    private final Surroundings surroundings;

    public Failures(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** The arguments were wrong. */
    public int wrongArguments(ParameterException failure) {
        var command = failure.getCommandLine().getCommandSpec();
        var name = command.qualifiedName();
        var reason =
                failure instanceof UnmatchedArgumentException unmatched
                        ? reason(unmatched, command)
                        : firstLine(failure);
        print(name + ": " + reason + " (" + name + " --help says more)");
        return ExitCode.WRONG_USAGE;
    }

    private static String reason(UnmatchedArgumentException failure, CommandSpec command) {
        var argument = failure.getUnmatched().getFirst();
        if (failure.isUnknownOption()) {
            var known = new TreeSet<>(command.optionsMap().keySet());
            return "there is no option " + argument + meant(argument, known);
        }
        if (command.subcommands().isEmpty()) {
            return argument + " is one argument too many";
        }
        var known = command.subcommands().keySet();
        return "there is no command %s%s; those here are %s"
                .formatted(argument, meant(argument, known), String.join(", ", known));
    }

    private static String meant(String word, Set<String> known) {
        return Spelling.nearest(word.replaceFirst("=.*", ""), known)
                .map(name -> ": did you mean " + name + "?")
                .orElse("");
    }

    /** A command threw. */
    public int failed(Exception failure, ParseResult arguments) {
        // What breaks while a command is being stopped broke because of that.
        var stopped = failure instanceof InterruptedException || Thread.interrupted();
        var code = stopped ? interrupted(failure) : told(failure);
        if (wantsTrace(arguments)) {
            failure.printStackTrace(surroundings.err());
            surroundings.err().flush();
        }
        return code;
    }

    private int interrupted(Exception failure) {
        tell(failure instanceof CommandException ? message(failure) : "stopped");
        return ExitCode.INTERRUPTED;
    }

    private int told(Exception failure) {
        var library = SqliteLibrary.problem(failure);
        if (library.isPresent()) {
            tell(library.get());
            return ExitCode.FAILED;
        }
        return switch (failure) {
            case CommandException known -> {
                tell(message(known));
                yield known.exitCode();
            }
            case DefinitionException _,
                    PromptException _,
                    InvalidSchemaException _,
                    PriceFileException _ -> {
                message(failure).lines().forEach(this::tell);
                yield ExitCode.WRONG_USAGE;
            }
            case EndpointException endpoint -> {
                tell(message(endpoint) + advice(endpoint));
                yield ExitCode.FAILED;
            }
            default -> {
                tell(isMeantForPeople(failure) ? message(failure) : unexpected(failure));
                yield ExitCode.FAILED;
            }
        };
    }

    /** Our own exceptions say what to do; anybody else's says at best what broke. */
    private static boolean isMeantForPeople(Exception failure) {
        return failure.getClass().getPackageName().startsWith("dev.nightmail.")
                && failure.getMessage() != null;
    }

    private static String unexpected(Exception failure) {
        return "this should not happen: "
                + failure.getClass().getSimpleName()
                + ": "
                + firstLine(failure)
                + ": --verbose shows where; please report it";
    }

    private String advice(EndpointException failure) {
        return switch (failure) {
            case UnreachableException _ ->
                    ": is the server running there? nightmail serve starts one";
            case RefusedException refused -> {
                if (refused.status() == 401 || refused.status() == 403) {
                    yield ": check the key in "
                            + Endpoints.keyVariable(refused.endpoint(), surroundings);
                }
                yield refused.isOfAccount()
                        ? ": this is about the account, not about what was sent. Nothing is lost: run it again once that is mended"
                        : "";
            }
            case AnswerLostException _ -> ": run it again to go on";
            case BrokenAnswerException broken ->
                    broken.isPage() ? "" : ": is a server of the Message Batches API there?";
        };
    }

    private static String message(Exception failure) {
        var message = failure.getMessage();
        return message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
    }

    private static String firstLine(Exception failure) {
        return message(failure).lines().findFirst().orElse("");
    }

    private boolean wantsTrace(ParseResult arguments) {
        if (surroundings.variable("NIGHTMAIL_DEBUG").isPresent()) {
            return true;
        }
        return arguments.asCommandLineList().stream()
                .map(CommandLine::getParseResult)
                .anyMatch(result -> result.hasMatchedOption(CommonOptions.VERBOSE));
    }

    private void tell(String line) {
        print(PROGRAM + line);
    }

    private void print(String line) {
        surroundings.err().println(Shown.line(line));
        surroundings.err().flush();
    }
}
