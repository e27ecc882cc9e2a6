package dev.nightmail.app.command;

import dev.nightmail.core.usage.Ledger;
import dev.nightmail.pipeline.cost.PriceList;
import dev.nightmail.pipeline.cost.Usage;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import tools.jackson.databind.json.JsonMapper;

/**
 * How usage is printed. A model that has no known price has no cost: the figure is left out, not
 * guessed.
 */
final class UsageText {

    private final PriceList prices;

    UsageText(PriceList prices) {
        this.prices = prices;
    }

    List<String> table(Ledger.Grouping grouping, List<Ledger.Sum> sums) {
        var lines = new ArrayList<String>();
        if (sums.isEmpty()) {
            lines.add("Nothing was used yet: no batch has ended.");
            return lines;
        }
        var first = UsageCommand.name(grouping).toUpperCase(Locale.ROOT);
        lines.add(
                row(
                        first,
                        "MODEL",
                        "REQUESTS",
                        "INPUT",
                        "CACHE WRITE",
                        "CACHE READ",
                        "OUTPUT",
                        "COST"));
        for (var sum : sums) {
            var used = sum.usage();
            lines.add(
                    row(
                            sum.group(),
                            sum.model(),
                            number(sum.requests()),
                            number(used.input()),
                            number(used.cacheCreation5m() + used.cacheCreation1h()),
                            number(used.cacheRead()),
                            number(used.output()),
                            dollars(costMicros(sum))));
        }
        lines.add("Costs at batch prices of " + prices.date() + ".");
        return lines;
    }

    private static String row(String... cells) {
        return String.format(
                        Locale.ROOT, "%-34s %-22s %9s %12s %12s %12s %12s %12s", (Object[]) cells)
                .stripTrailing();
    }

    private static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    private static String dollars(OptionalLong micros) {
        if (micros.isEmpty()) {
            return "?";
        }
        return "$" + BigDecimal.valueOf(micros.getAsLong(), 6).setScale(4, RoundingMode.CEILING);
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

    String json(Ledger.Sum sum) {
        var used = sum.usage();
        var fields = new LinkedHashMap<String, Object>();
        fields.put("group", sum.group());
        fields.put("model", sum.model());
        fields.put("requests", sum.requests());
        fields.put("input_tokens", used.input());
        fields.put("output_tokens", used.output());
        fields.put("cache_creation_5m_input_tokens", used.cacheCreation5m());
        fields.put("cache_creation_1h_input_tokens", used.cacheCreation1h());
        fields.put("cache_read_input_tokens", used.cacheRead());
        var cost = costMicros(sum);
        fields.put("cost_micros", cost.isEmpty() ? null : cost.getAsLong());
        return JsonMapper.shared().writeValueAsString(fields);
    }
}
