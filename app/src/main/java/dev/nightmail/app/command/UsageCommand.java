package dev.nightmail.app.command;

import dev.nightmail.app.Surroundings;
import dev.nightmail.catalog.Catalog;
import dev.nightmail.core.usage.Ledger;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code usage}: what was used, and what it costs at batch prices. */
@Command(
        name = "usage",
        description = "Tokens and cost of all ended batches, by key, model, day or batch.")
public final class UsageCommand implements Callable<Integer> {

    private final Surroundings surroundings;

    @Mixin private DataFolder data = new DataFolder();

    @Option(
            names = "--by",
            paramLabel = "key|model|day|batch",
            defaultValue = "model",
            description = "What a row stands for (default: ${DEFAULT-VALUE}).")
    private String by = "model";

    @Option(names = "--json", description = "One JSON object a line.")
    private boolean json;

    public UsageCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        var grouping = Ledger.Grouping.valueOf(by.toUpperCase(Locale.ROOT));
        try (var catalog = Catalog.open(data.catalog())) {
            var sums = catalog.ledger().sums(grouping);
            sums.forEach(sum -> surroundings.out().println(sum + (json ? "" : "")));
        }
        return 0;
    }
}
