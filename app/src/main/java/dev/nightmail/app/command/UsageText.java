package dev.nightmail.app.command;

import dev.nightmail.cli.text.Figures;
import dev.nightmail.cli.text.Table;
import dev.nightmail.cli.text.Table.Align;
import dev.nightmail.core.usage.Ledger;
import dev.nightmail.core.usage.Ledger.Grouping;
import dev.nightmail.pipeline.cost.PriceList;
import dev.nightmail.pipeline.cost.Usage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * How usage is shown. A model that has no known price has no cost: the figure is left out, not
 * guessed.
 */
final class UsageText {

    private static final List<String> FIGURES =
            List.of("REQUESTS", "INPUT", "CACHE WRITE", "CACHE READ", "OUTPUT", "COST");

    private final PriceList prices;

    UsageText(PriceList prices) {
        this.prices = prices;
    }

    List<String> table(Grouping grouping, List<Ledger.Sum> sums) {
        var names = names(grouping);
        var columns = new Align[names.size() + FIGURES.size()];
        Arrays.fill(columns, Align.RIGHT);
        Arrays.fill(columns, 0, names.size(), Align.LEFT);
        var table = new Table(columns).row(joined(names, FIGURES));
        for (var sum : sums) {
            var of = grouping == Grouping.MODEL ? List.of(sum.model()) : groupAndModel(sum);
            table.row(joined(of, figures(sum)));
        }
        var lines = new ArrayList<>(table.lines());
        lines.add("Costs at batch prices of " + prices.date() + ".");
        return lines;
    }

    /** Prices differ by model, so every row is of one. */
    private static List<String> names(Grouping grouping) {
        return switch (grouping) {
            case MODEL -> List.of("MODEL");
            case KEY -> List.of("KEY", "MODEL");
            case DAY -> List.of("DAY", "MODEL");
            case BATCH -> List.of("BATCH", "MODEL");
        };
    }

    private static List<String> groupAndModel(Ledger.Sum sum) {
        return List.of(sum.group(), sum.model());
    }

    private List<String> figures(Ledger.Sum sum) {
        var used = sum.usage();
        var cost = costMicros(sum);
        return List.of(
                Figures.count(sum.requests()),
                Figures.count(used.input()),
                Figures.count(used.cacheCreation5m() + used.cacheCreation1h()),
                Figures.count(used.cacheRead()),
                Figures.count(used.output()),
                cost.isEmpty() ? "?" : Figures.money(cost.getAsLong()));
    }

    private static String[] joined(List<String> first, List<String> second) {
        var cells = new ArrayList<>(first);
        cells.addAll(second);
        return cells.toArray(String[]::new);
    }

    /**
     * Sums hold many prompts: they are priced as short ones, which all but one model charges for
     * any length.
     */
    private OptionalLong costMicros(Ledger.Sum sum) {
        var used = sum.usage();
        var usage =
                new Usage(
                        used.input(),
                        used.output(),
                        used.cacheCreation5m(),
                        used.cacheCreation1h(),
                        used.cacheRead());
        return prices.of(sum.model())
                .map(price -> OptionalLong.of(price.price(0).costMicros(usage)))
                .orElseGet(OptionalLong::empty);
    }

    ObjectNode json(Ledger.Sum sum) {
        var used = sum.usage();
        var json = JsonMapper.shared().createObjectNode();
        json.put("group", sum.group());
        json.put("model", sum.model());
        json.put("requests", sum.requests());
        json.put("input_tokens", used.input());
        json.put("output_tokens", used.output());
        json.put("cache_creation_5m_input_tokens", used.cacheCreation5m());
        json.put("cache_creation_1h_input_tokens", used.cacheCreation1h());
        json.put("cache_read_input_tokens", used.cacheRead());
        var cost = costMicros(sum);
        if (cost.isPresent()) {
            json.put("cost_micros", cost.getAsLong());
        } else {
            json.putNull("cost_micros");
        }
        return json;
    }
}
