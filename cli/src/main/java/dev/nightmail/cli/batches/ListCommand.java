package dev.nightmail.cli.batches;

import dev.nightmail.cli.command.CommandException;
import dev.nightmail.cli.command.CommonOptions;
import dev.nightmail.cli.command.Console;
import dev.nightmail.cli.command.ExitCode;
import dev.nightmail.cli.surroundings.Surroundings;
import dev.nightmail.pipeline.client.BatchSnapshot;
import dev.nightmail.pipeline.client.BatchesClient;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code batches list}. */
@Command(
        name = "list",
        sortOptions = false,
        abbreviateSynopsis = true,
        description = "List batches, newest first.",
        footer = {
            "",
            "OTHERS are errored, canceled or expired; batches show tells which. Times are UTC.",
            "With --json: one batch a line, as the API describes it."
        })
final class ListCommand implements Callable<Integer> {

    private final Surroundings surroundings;
    private final Console console;

    @Mixin private EndpointOption endpoint = new EndpointOption();

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "20",
            description = "At most N batches. Default: ${DEFAULT-VALUE}")
    private int limit;

    @Mixin private CommonOptions common = new CommonOptions();

    ListCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.console = new Console(surroundings);
    }

    @Override
    public Integer call() throws InterruptedException {
        if (limit < 1) {
            throw CommandException.usage("--limit " + limit + ": give a number from 1");
        }
        try (var client = endpoint.client(surroundings)) {
            var batches = newest(client);
            if (common.json()) {
                batches.forEach(batch -> console.json(BatchJson.of(batch)));
            } else if (batches.isEmpty()) {
                console.note("There are no batches at " + client.endpoint().base() + ".");
            } else {
                new BatchText(console.outputStyle(), surroundings.clock().instant())
                        .table(batches)
                        .forEach(console::result);
            }
        }
        return ExitCode.DONE;
    }

    private List<BatchSnapshot> newest(BatchesClient client) throws InterruptedException {
        var batches = new ArrayList<BatchSnapshot>();
        String after = null;
        do {
            var page = client.list(Math.min(limit - batches.size(), BatchesClient.PAGE_MAX), after);
            batches.addAll(page.batches());
            after = page.next();
        } while (after != null && batches.size() < limit);
        return batches;
    }
}
