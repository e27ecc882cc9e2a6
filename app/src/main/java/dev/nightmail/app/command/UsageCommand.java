package dev.nightmail.app.command;

import dev.nightmail.catalog.Catalog;
import dev.nightmail.cli.command.CommandException;
import dev.nightmail.cli.command.CommonOptions;
import dev.nightmail.cli.command.Console;
import dev.nightmail.cli.command.ExitCode;
import dev.nightmail.cli.surroundings.Surroundings;
import dev.nightmail.core.ledger.Ledger;
import dev.nightmail.pipeline.cost.PriceFile;
import dev.nightmail.pipeline.cost.PriceList;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code usage}: what was used, and what it cost. */
@Command(
        name = "usage",
        sortOptions = false,
        abbreviateSynopsis = true,
        description = "Tokens and cost of all ended batches, by key, model, day or batch.",
        footer = {"", "With --json: one row a line; cost in millionths of a dollar."})
public final class UsageCommand implements Callable<Integer> {

    private final Surroundings surroundings;
    private final Console console;

    @Option(
            names = "--by",
            paramLabel = "key|model|day|batch",
            defaultValue = "model",
            description = "What a row stands for. Default: ${DEFAULT-VALUE}")
    private String by = "model";

    @Option(
            names = "--prices",
            paramLabel = "FILE",
            description =
                    "Prices of one's own, in US dollars per million tokens; they come before the shipped ones.")
    private @Nullable Path prices;

    @Mixin private DataFolder data = new DataFolder();
    @Mixin private CommonOptions common = new CommonOptions();

    public UsageCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.console = new Console(surroundings);
    }

    @Override
    public Integer call() {
        var grouping = grouping();
        var text = new UsageText(new UsageCost(prices()));
        try (var catalog = Catalog.open(data.catalog(surroundings))) {
            var sums = catalog.ledger().sums(grouping);
            if (common.json()) {
                sums.forEach(sum -> console.json(text.json(sum)));
            } else if (sums.isEmpty()) {
                console.note("Nothing was used yet: no batch has ended.");
            } else {
                text.table(grouping, sums).forEach(console::result);
            }
        }
        return ExitCode.DONE;
    }

    private PriceList prices() {
        return PriceFile.orShipped(
                prices == null ? null : surroundings.folder().resolve(prices),
                surroundings.clock());
    }

    private Ledger.Grouping grouping() {
        return Arrays.stream(Ledger.Grouping.values())
                .filter(grouping -> name(grouping).equals(by))
                .findFirst()
                .orElseThrow(() -> CommandException.usage(unknown()));
    }

    private String unknown() {
        return Arrays.stream(Ledger.Grouping.values())
                .map(UsageCommand::name)
                .collect(Collectors.joining(", ", "--by " + by + ": expected one of ", ""));
    }

    private static String name(Ledger.Grouping grouping) {
        return grouping.name().toLowerCase(Locale.ROOT);
    }
}
