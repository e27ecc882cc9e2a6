package dev.nightmail.cli.cost;

import dev.nightmail.cli.command.CommandException;
import dev.nightmail.cli.command.CommonOptions;
import dev.nightmail.cli.command.Console;
import dev.nightmail.cli.command.ExitCode;
import dev.nightmail.cli.surroundings.Surroundings;
import dev.nightmail.cli.text.Figures;
import dev.nightmail.cli.text.Table;
import dev.nightmail.cli.text.Table.Align;
import dev.nightmail.pipeline.cost.CacheMinimum;
import dev.nightmail.pipeline.cost.CacheTtl;
import dev.nightmail.pipeline.cost.PriceFile;
import dev.nightmail.pipeline.cost.PriceList;
import dev.nightmail.pipeline.cost.Workload;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code cost}: what so many requests of one size cost, model by model. */
@Command(
        name = "cost",
        sortOptions = false,
        abbreviateSynopsis = true,
        description = {
            "Say what so many requests would cost, with each model.",
            "Called one by one, in batches, and in batches with what they have in common cached.",
            "Reads no data, calls nobody."
        },
        footerHeading = "%nExample: ",
        footer = {
            "nightmail cost --requests 50000 --input 400 --output 50 --cached 5000",
            "Exit codes: 0 done; 2 wrong usage."
        })
public final class CostCommand implements Callable<Integer> {

    /** Beyond it a product of two is no amount of money any more. */
    private static final long AMOUNT_MAX = 1_000_000_000;

    /** Names of one day's model, and of whatever is newest, are for those who ask for them. */
    private static final Pattern OTHER_NAME = Pattern.compile(".*-(\\d{8}|latest|0)");

    private final Surroundings surroundings;
    private final Console console;

    @Option(names = "--requests", required = true, paramLabel = "N", description = "How many.")
    private long requests;

    @Option(
            names = "--input",
            required = true,
            paramLabel = "TOKENS",
            description = "Tokens of each prompt that are its own.")
    private long input;

    @Option(
            names = "--output",
            required = true,
            paramLabel = "TOKENS",
            description = "Tokens of each answer.")
    private long output;

    @Option(
            names = "--cached",
            paramLabel = "TOKENS",
            description = "Tokens that all prompts begin with, such as a long system prompt.")
    private long cached;

    @Option(
            names = "--cache",
            paramLabel = "TTL",
            description = "How long those are to be cached: 1h (default) or 5m.")
    private String ttl = CacheTtl.ONE_HOUR.wireName();

    @Option(
            names = "--model",
            split = ",",
            paramLabel = "MODEL",
            description = "Only these, dated names too. Default: all of the price list.")
    private List<String> models = new ArrayList<>();

    @Option(
            names = "--prices",
            paramLabel = "FILE",
            description = "Prices of one's own; they come before the shipped ones.")
    private @Nullable Path prices;

    @Mixin private CommonOptions common = new CommonOptions();

    public CostCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.console = new Console(surroundings);
    }

    private record Line(String model, Workload.Cost cost) {}

    @Override
    public Integer call() {
        var workload =
                new Workload(
                        amount("--requests", requests, 1),
                        amount("--input", input, 0),
                        amount("--output", output, 0),
                        amount("--cached", cached, 0),
                        ttl());
        var list = prices();
        var lines =
                named(list).stream()
                        .map(model -> new Line(model, cost(workload, model, list)))
                        .sorted(
                                Comparator.comparingLong((Line line) -> line.cost().batched())
                                        .thenComparing(Line::model))
                        .toList();
        if (common.json()) {
            console.json(json(lines, list));
        } else {
            tell(lines, list);
        }
        return ExitCode.DONE;
    }

    private List<String> named(PriceList list) {
        if (models.isEmpty()) {
            return list.names().stream()
                    .filter(name -> list.isNamed(name) || !OTHER_NAME.matcher(name).matches())
                    .toList();
        }
        return models.stream().map(String::strip).distinct().toList();
    }

    private static Workload.Cost cost(Workload workload, String model, PriceList list) {
        var price =
                list.of(model)
                        .orElseThrow(() ->
                                CommandException.usage(
                                        "--model %s: no price is known: name a file that has one with --prices"
                                                .formatted(model)));
        try {
            return workload.cost(model, price);
        } catch (ArithmeticException _) {
            throw CommandException.usage("that many tokens cost more than can be counted");
        }
    }

    private void tell(List<Line> lines, PriceList list) {
        var columns = new Align[cached == 0 ? 4 : 5];
        Arrays.fill(columns, Align.RIGHT);
        columns[0] = Align.LEFT;
        var table = new Table(columns);
        table.row(cells("model", "called", "batched", "batched, cached", "saved"));
        for (var line : lines) {
            var cost = line.cost();
            table.row(
                    cells(
                            line.model(),
                            Figures.money(cost.called()),
                            Figures.money(cost.batched()),
                            cachedCell(cost),
                            Figures.money(cost.called() - least(cost))));
        }
        table.lines().forEach(console::result);
        console.result("");
        console.result(
                "Prices of "
                        + lines.stream()
                                .map(line -> list.listOf(line.model()).date().toString())
                                .distinct()
                                .collect(Collectors.joining(", "))
                        + ", in US dollars.");
        if (cached > 0) {
            console.result(
                    "Cached: two of three requests find the common part in the cache, which is likely in a batch and never sure.");
            tellTooShort(lines);
        }
    }

    private String[] cells(
            String model, String called, String batched, String batchedCached, String saved) {
        return cached == 0
                ? new String[] {model, called, batched, saved}
                : new String[] {model, called, batched, batchedCached, saved};
    }

    private static String cachedCell(Workload.Cost cost) {
        var micros = cost.batchedCached();
        return micros == null ? "-" : Figures.money(micros);
    }

    private static long least(Workload.Cost cost) {
        var micros = cost.batchedCached();
        return micros == null ? cost.batched() : Math.min(micros, cost.batched());
    }

    private void tellTooShort(List<Line> lines) {
        var models =
                lines.stream()
                        .filter(line -> line.cost().batchedCached() == null)
                        .map(Line::model)
                        .map(model ->
                                model
                                        + " ("
                                        + Figures.count(CacheMinimum.of(model).orElseThrow())
                                        + ")")
                        .toList();
        if (!models.isEmpty()) {
            console.result(
                    "Not cached, since a model caches no fewer tokens than these: "
                            + String.join(", ", models)
                            + ".");
        }
    }

    private ObjectNode json(List<Line> lines, PriceList list) {
        var root =
                JsonMapper.shared()
                        .createObjectNode()
                        .put("requests", requests)
                        .put("input_tokens", input)
                        .put("output_tokens", output)
                        .put("cached_tokens", cached);
        var array = root.putArray("models");
        for (var line : lines) {
            array.addObject()
                    .put("model", line.model())
                    .put("called_micros", line.cost().called())
                    .put("batched_micros", line.cost().batched())
                    .put("batched_cached_micros", line.cost().batchedCached())
                    .put("prices_of", list.listOf(line.model()).date().toString());
        }
        return root;
    }

    private static long amount(String option, long value, long least) {
        if (value < least || value > AMOUNT_MAX) {
            throw CommandException.usage(
                    "%s must be a whole number from %d to %d, not %d"
                            .formatted(option, least, AMOUNT_MAX, value));
        }
        return value;
    }

    private CacheTtl ttl() {
        return Arrays.stream(CacheTtl.values())
                .filter(known -> known.wireName().equals(ttl))
                .findFirst()
                .orElseThrow(() -> CommandException.usage("--cache must be 5m or 1h, not " + ttl));
    }

    private PriceList prices() {
        return PriceFile.orShipped(
                prices == null ? null : surroundings.folder().resolve(prices),
                surroundings.clock());
    }
}
