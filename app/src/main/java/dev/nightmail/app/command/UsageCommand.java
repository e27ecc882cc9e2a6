package dev.nightmail.app.command;

import dev.nightmail.app.Surroundings;
import dev.nightmail.catalog.Catalog;
import dev.nightmail.core.usage.Ledger;
import dev.nightmail.pipeline.cost.PriceList;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

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

    @Spec private CommandSpec spec = CommandSpec.create();

    public UsageCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        var grouping = grouping();
        var text = new UsageText(PriceList.shipped());
        try (var catalog = Catalog.open(data.catalog())) {
            var sums = catalog.ledger().sums(grouping);
            var lines = json ? sums.stream().map(text::json).toList() : text.table(grouping, sums);
            lines.forEach(surroundings.out()::println);
        }
        return 0;
    }

    private Ledger.Grouping grouping() {
        return Arrays.stream(Ledger.Grouping.values())
                .filter(grouping -> name(grouping).equals(by))
                .findFirst()
                .orElseThrow(() -> new ParameterException(spec.commandLine(), unknown()));
    }

    private String unknown() {
        var allowed =
                Arrays.stream(Ledger.Grouping.values())
                        .map(UsageCommand::name)
                        .collect(Collectors.joining(", "));
        return "usage: --by " + by + ": expected one of " + allowed;
    }

    static String name(Ledger.Grouping grouping) {
        return grouping.name().toLowerCase(Locale.ROOT);
    }
}
