package dev.nightmail.cli.run;

import dev.nightmail.cli.command.CommandException;
import dev.nightmail.cli.command.Console;
import dev.nightmail.cli.surroundings.Surroundings;
import dev.nightmail.pipeline.definition.PipelineDefinition;

/** What a pipeline that reads standard input or writes standard output leaves to a command. */
final class ShellPipe {

    private ShellPipe() {}

    /** Before anything is started: nobody types records. */
    static void refuseKeyboard(PipelineDefinition definition, Surroundings surroundings) {
        if (definition.source().readsStandardInput() && surroundings.terminal().input()) {
            throw CommandException.usage(
                    "source.stdin: standard input is a terminal: pipe the records in, as in \"cat tickets.jsonl | nightmail run …\"");
        }
    }

    /** Before records are read that could not be read again after a question. */
    static void refuseUnasked(PipelineDefinition definition, RunTarget target, boolean agreed) {
        if (definition.source().readsStandardInput() && target.charges() && !agreed) {
            throw CommandException.usage(
                    "source.stdin: standard input brings the records, so nobody can be asked there whether to spend money at "
                            + target.endpoint().base().getHost()
                            + ": add --yes to agree, or --dry-run to only look. Nothing was sent");
        }
    }

    /** Events and answers cannot be told apart. */
    static void refuseEvents(PipelineDefinition definition, boolean json) {
        if (definition.outputs().writesStandardOutput() && json) {
            throw CommandException.usage(
                    "--json and sink.stdout both write to standard output: leave --json out, or write the answers into a file with sink.file");
        }
    }

    /** How the command speaks beside the answers. */
    static Console console(PipelineDefinition definition, Console console) {
        return definition.outputs().writesStandardOutput() ? console.leavingOutput() : console;
    }
}
