package dev.nightmail.app.command;

import dev.nightmail.cli.text.Figures;
import dev.nightmail.cli.text.Table;
import dev.nightmail.cli.text.Table.Align;
import dev.nightmail.core.ledger.Ledger;
import dev.nightmail.core.ledger.Ledger.Grouping;
import dev.nightmail.core.usage.ServiceTier;
import dev.nightmail.core.usage.Tally;
import dev.nightmail.core.usage.Usage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * How usage is shown: for people a row per group, model, upstream and tier, for programs an object
 * per tariff.
 */
final class UsageText {

    private static final List<String> FIGURES =
            List.of("REQUESTS", "INPUT", "CACHE WRITE", "CACHE READ", "OUTPUT", "COST");

    private final UsageCost cost;

    UsageText(UsageCost cost) {
        this.cost = cost;
    }

    /**
     * What one row adds up.
     *
     * @param costMicros empty if the price of a part is not known
     */
    private record Row(long requests, Usage usage, OptionalLong costMicros) {

        Row plus(Row other) {
            boolean priced = costMicros.isPresent() && other.costMicros.isPresent();
            return new Row(
                    requests + other.requests,
                    usage.plus(other.usage),
                    priced
                            ? OptionalLong.of(costMicros.getAsLong() + other.costMicros.getAsLong())
                            : OptionalLong.empty());
        }

        List<String> figures() {
            return List.of(
                    Figures.count(requests),
                    Figures.count(usage.input()),
                    Figures.count(usage.cacheCreation5m() + usage.cacheCreation1h()),
                    Figures.count(usage.cacheRead()),
                    Figures.count(usage.output()),
                    costMicros.isEmpty() ? "?" : Figures.money(costMicros.getAsLong()));
        }
    }

    List<String> table(Grouping grouping, List<Ledger.Sum> sums) {
        var names = names(grouping);
        var columns = new Align[names.size() + FIGURES.size()];
        Arrays.fill(columns, Align.RIGHT);
        Arrays.fill(columns, 0, names.size(), Align.LEFT);
        var table = new Table(columns).row(joined(names, FIGURES));
        rows(grouping, sums).forEach((of, row) -> table.row(joined(of, row.figures())));
        var lines = new ArrayList<>(table.lines());
        var unpriced =
                sums.stream()
                        .filter(sum -> cost.micros(sum.tally()).isEmpty())
                        .filter(sum -> isReported(sum.tally()))
                        .map(sum -> sum.tally().tariff().model())
                        .distinct()
                        .toList();
        if (!unpriced.isEmpty()) {
            lines.add(
                    "No price is known for %s: name a file that has one with --prices."
                            .formatted(String.join(", ", unpriced)));
        }
        lines.add(
                "Costs by the prices of %s, as each upstream bills: a batch at half, the simulator and what is free nothing."
                        .formatted(cost.pricesOf()));
        return lines;
    }

    /** A price would not help where it is not known what was used. */
    private static boolean isReported(Tally tally) {
        return tally.tariff().billing().tier() != ServiceTier.UNREPORTED;
    }

    private static List<String> names(Grouping grouping) {
        return switch (grouping) {
            case MODEL -> List.of("MODEL", "UPSTREAM", "TIER");
            case KEY -> List.of("KEY", "MODEL", "UPSTREAM", "TIER");
            case DAY -> List.of("DAY", "MODEL", "UPSTREAM", "TIER");
            case BATCH -> List.of("BATCH", "MODEL", "UPSTREAM", "TIER");
        };
    }

    /** By what names a row; in the order of the sums. */
    private Map<List<String>, Row> rows(Grouping grouping, List<Ledger.Sum> sums) {
        var rows = new LinkedHashMap<List<String>, Row>();
        for (var sum : sums) {
            var tally = sum.tally();
            rows.merge(
                    of(grouping, sum),
                    new Row(tally.requests(), tally.usage(), cost.micros(tally)),
                    Row::plus);
        }
        return rows;
    }

    private static List<String> of(Grouping grouping, Ledger.Sum sum) {
        var tariff = sum.tally().tariff();
        var upstream = tariff.billing().upstream();
        var names = new ArrayList<String>();
        if (grouping != Grouping.MODEL) {
            names.add(sum.group());
        }
        names.add(tariff.model());
        names.add(upstream.isEmpty() ? "unknown" : upstream);
        names.add(tariff.billing().tier().text());
        return names;
    }

    private static String[] joined(List<String> first, List<String> second) {
        var cells = new ArrayList<>(first);
        cells.addAll(second);
        return cells.toArray(String[]::new);
    }

    ObjectNode json(Ledger.Sum sum) {
        var tariff = sum.tally().tariff();
        var used = sum.tally().usage();
        var json = JsonMapper.shared().createObjectNode();
        json.put("group", sum.group());
        json.put("model", tariff.model());
        json.put("upstream", tariff.billing().upstream());
        json.put("service_tier", tariff.billing().tier().text());
        json.put("in_us_only", tariff.billing().inUsOnly());
        json.put("prompt_tokens_over", tariff.promptTokensOver());
        json.put("requests", sum.tally().requests());
        json.put("input_tokens", used.input());
        json.put("output_tokens", used.output());
        json.put("cache_creation_5m_input_tokens", used.cacheCreation5m());
        json.put("cache_creation_1h_input_tokens", used.cacheCreation1h());
        json.put("cache_read_input_tokens", used.cacheRead());
        var micros = cost.micros(sum.tally());
        if (micros.isPresent()) {
            json.put("cost_micros", micros.getAsLong());
        } else {
            json.putNull("cost_micros");
        }
        return json;
    }
}
