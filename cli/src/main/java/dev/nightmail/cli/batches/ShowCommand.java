package dev.nightmail.cli.batches;

import dev.nightmail.cli.command.CommonOptions;
import dev.nightmail.cli.command.Console;
import dev.nightmail.cli.command.ExitCode;
import dev.nightmail.cli.surroundings.Surroundings;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code batches show}. */
@Command(
        name = "show",
        sortOptions = false,
        abbreviateSynopsis = true,
        description = "Show how one batch stands. Times are UTC.")
final class ShowCommand implements Callable<Integer> {

    private final Surroundings surroundings;
    private final Console console;

    @Mixin private BatchId batchId = new BatchId();
    @Mixin private EndpointOption endpoint = new EndpointOption();
    @Mixin private CommonOptions common = new CommonOptions();

    ShowCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.console = new Console(surroundings);
    }

    @Override
    public Integer call() throws InterruptedException {
        try (var client = endpoint.client(surroundings)) {
            var batch = client.retrieve(batchId.value());
            if (common.json()) {
                console.json(BatchJson.of(batch));
            } else {
                new BatchText(console.outputStyle(), surroundings.clock().instant())
                        .lines(batch)
                        .forEach(console::result);
            }
        }
        return ExitCode.DONE;
    }
}
