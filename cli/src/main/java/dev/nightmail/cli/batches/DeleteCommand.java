package dev.nightmail.cli.batches;

import dev.nightmail.cli.command.CommonOptions;
import dev.nightmail.cli.command.Console;
import dev.nightmail.cli.command.ExitCode;
import dev.nightmail.cli.surroundings.Surroundings;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.json.JsonMapper;

/** {@code batches delete}. */
@Command(
        name = "delete",
        sortOptions = false,
        abbreviateSynopsis = true,
        description = "Delete a batch that has ended, and its results, for good.")
final class DeleteCommand implements Callable<Integer> {

    private final Surroundings surroundings;
    private final Console console;

    @Mixin private BatchId batchId = new BatchId();
    @Mixin private EndpointOption endpoint = new EndpointOption();
    @Mixin private CommonOptions common = new CommonOptions();

    DeleteCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.console = new Console(surroundings);
    }

    @Override
    public Integer call() throws InterruptedException {
        try (var client = endpoint.client(surroundings)) {
            client.delete(batchId.value());
        }
        if (common.json()) {
            console.json(
                    JsonMapper.shared()
                            .createObjectNode()
                            .put("id", batchId.value())
                            .put("type", "message_batch_deleted"));
        } else {
            console.result(batchId.value() + " is deleted.");
        }
        return ExitCode.DONE;
    }
}
