package dev.nightmail.cli.batches;

import dev.nightmail.cli.command.CommonOptions;
import dev.nightmail.cli.command.Console;
import dev.nightmail.cli.command.ExitCode;
import dev.nightmail.cli.surroundings.Surroundings;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code batches cancel}. */
@Command(
        name = "cancel",
        sortOptions = false,
        abbreviateSynopsis = true,
        description = {
            "Stop a batch: what was not sent to a model yet is canceled.",
            "Results that exist stay, and can be downloaded when the batch has ended."
        })
final class CancelCommand implements Callable<Integer> {

    private final Surroundings surroundings;
    private final Console console;

    @Mixin private BatchId batchId = new BatchId();
    @Mixin private EndpointOption endpoint = new EndpointOption();
    @Mixin private CommonOptions common = new CommonOptions();

    CancelCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.console = new Console(surroundings);
    }

    @Override
    public Integer call() throws InterruptedException {
        try (var client = endpoint.client(surroundings)) {
            var batch = client.cancel(batchId.value());
            if (common.json()) {
                console.json(BatchJson.of(batch));
            } else if (batch.hasEnded()) {
                console.result(batch.id() + " has ended.");
            } else {
                console.result(
                        batch.id()
                                + " is being canceled; nightmail batches watch "
                                + batch.id()
                                + endpoint.again()
                                + " waits for its end.");
            }
        }
        return ExitCode.DONE;
    }
}
