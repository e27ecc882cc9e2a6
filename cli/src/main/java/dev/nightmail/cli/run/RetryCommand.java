package dev.nightmail.cli.run;

import dev.nightmail.cli.command.CommandException;
import dev.nightmail.cli.surroundings.Surroundings;
import dev.nightmail.pipeline.answer.FailureKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code retry}: a run that asks again what was set aside. */
@Command(
        name = "retry",
        sortOptions = false,
        abbreviateSynopsis = true,
        description = {
            "Ask again the records that were set aside, as they are asked now, and pay for them.",
            "Beside that it is a run like any other: it sends what is due, and writes the answers."
        })
public final class RetryCommand extends RunCommand {

    /** What a request without a result may have cost already is spent again only by name. */
    private static final Set<FailureKind> UNNAMED =
            EnumSet.complementOf(EnumSet.of(FailureKind.NO_RESULT, FailureKind.UNUSABLE_RECORD));

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "REASON",
            description = {
                "Only records with these reasons in failed.jsonl, such as",
                "refusal,invalid_answer. Default: all but no_result, which",
                "may have been paid for already."
            })
    private List<String> only = new ArrayList<>();

    public RetryCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    Set<FailureKind> retried() {
        if (only.isEmpty()) {
            return UNNAMED;
        }
        return only.stream()
                .map(RetryCommand::kind)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(FailureKind.class)));
    }

    private static FailureKind kind(String name) {
        return Arrays.stream(FailureKind.values())
                .filter(kind -> kind != FailureKind.UNUSABLE_RECORD)
                .filter(kind -> kind.wireName().equals(name.strip()))
                .findFirst()
                .orElseThrow(() ->
                        CommandException.usage(
                                "--only: there is no reason %s to be asked again: there are %s"
                                        .formatted(
                                                name,
                                                Arrays.stream(FailureKind.values())
                                                        .filter(kind ->
                                                                kind != FailureKind.UNUSABLE_RECORD)
                                                        .map(FailureKind::wireName)
                                                        .collect(Collectors.joining(", ")))));
    }
}
