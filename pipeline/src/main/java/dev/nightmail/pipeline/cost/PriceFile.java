package dev.nightmail.pipeline.cost;

import dev.nightmail.config.yaml.Problems;
import dev.nightmail.config.yaml.YamlDocument;
import dev.nightmail.config.yaml.YamlException;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Prices of one's own, in US dollars per million tokens: a YAML or JSON list of {@code { model,
 * from, above-tokens, input, output, write-5m, write-1h, read, batch, source }}. What it has of a
 * model takes the place of all that the shipped list has of it.
 *
 * <ul>
 *   <li>{@code from}: the day from which on the row counts; the latest that is not in the future
 *       does. Absent: always.
 *   <li>{@code above-tokens}: the row is for prompts longer than that. Absent: 0.
 *   <li>{@code write-5m}, {@code write-1h}, {@code read}: absent, they are 1.25, 2 and 0.1 times
 *       {@code input}, as published.
 *   <li>{@code batch}: what a batch pays of all that, from 0 to 1. Absent: 0.5.
 * </ul>
 */
public final class PriceFile {

    private static final Set<String> KEYS =
            Set.of(
                    "model",
                    "from",
                    "above-tokens",
                    "input",
                    "output",
                    "write-5m",
                    "write-1h",
                    "read",
                    "batch",
                    "source");

    private static final BigDecimal MICROS = BigDecimal.valueOf(1_000_000);
    private static final BigDecimal DOLLARS_MAX = BigDecimal.valueOf(1_000_000);
    private static final BigDecimal WRITE_5M = new BigDecimal("1.25");
    private static final BigDecimal WRITE_1H = new BigDecimal("2");
    private static final BigDecimal READ = new BigDecimal("0.1");

    private final Path file;

    private PriceFile(Path file) {
        this.file = file;
    }

    private record Row(String model, LocalDate from, long aboveTokens, ModelPrice.Step prices) {}

    /**
     * The prices of a file, before those that are shipped.
     *
     * @param today by which is decided which rows count
     * @throws PriceFileException naming the file, the row and what to do
     */
    public static PriceList read(Path file, LocalDate today) {
        return new PriceFile(file).read(today).over(PriceList.shipped());
    }

    /**
     * The same, of today; the shipped prices alone if no file is named.
     *
     * @throws PriceFileException as above
     */
    public static PriceList orShipped(@Nullable Path file, InstantSource clock) {
        return file == null
                ? PriceList.shipped()
                : read(file, clock.instant().atZone(ZoneOffset.UTC).toLocalDate());
    }

    /**
     * What is wrong with the rows of a file, whatever the day; a line each, which names the file
     * and the row. None if nothing is.
     */
    public static List<String> problems(Path file) {
        var prices = new PriceFile(file);
        var problems = new ArrayList<String>();
        prices.told(
                problems,
                () -> {
                    int number = 0;
                    for (var node : prices.root().values()) {
                        int row = ++number;
                        prices.told(problems, () -> prices.row(node, row));
                    }
                });
        return problems;
    }

    private void told(List<String> problems, Runnable reading) {
        try {
            reading.run();
        } catch (PriceFileException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
    }

    private PriceList read(LocalDate today) {
        var rows = new ArrayList<Row>();
        int number = 0;
        for (var node : root().values()) {
            rows.add(row(node, ++number));
        }
        var models = new HashMap<String, ModelPrice>();
        byModel(rows)
                .forEach((model, ofModel) -> {
                    var steps = steps(model, ofModel, today);
                    if (!steps.isEmpty()) {
                        models.put(model, new ModelPrice(steps));
                    }
                });
        return new PriceList(file.toString(), today, models);
    }

    private JsonNode root() {
        try {
            var problems = new Problems();
            var tree = YamlDocument.parse(Files.readString(file), problems).root();
            if (!problems.isEmpty()) {
                throw wrong(problems.lines().getFirst());
            }
            if (!tree.isArray()) {
                throw wrong(
                        "must be a list of rows like - { model: my-model, input: 1.00, output: 5.00 }");
            }
            return tree;
        } catch (NoSuchFileException e) {
            throw wrong("there is no such file");
        } catch (IOException e) {
            throw wrong("cannot be read: " + e.getMessage());
        } catch (YamlException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    private static Map<String, List<Row>> byModel(List<Row> rows) {
        var models = new LinkedHashMap<String, List<Row>>();
        rows.forEach(row -> models.computeIfAbsent(row.model(), _ -> new ArrayList<>()).add(row));
        return models;
    }

    private List<ModelPrice.Step> steps(String model, List<Row> rows, LocalDate today) {
        var latest =
                rows.stream()
                        .map(Row::from)
                        .filter(from -> !from.isAfter(today))
                        .max(Comparator.naturalOrder());
        if (latest.isEmpty()) {
            return List.of();
        }
        var now =
                rows.stream()
                        .filter(row -> row.from().equals(latest.get()))
                        .sorted(Comparator.comparingLong(Row::aboveTokens))
                        .toList();
        if (now.getFirst().aboveTokens() != 0) {
            throw wrong(model + ": a row without above-tokens is missing, for short prompts");
        }
        var steps = new ArrayList<ModelPrice.Step>();
        for (int i = 0; i < now.size(); i++) {
            boolean last = i == now.size() - 1;
            long max = last ? Long.MAX_VALUE : now.get(i + 1).aboveTokens();
            if (!last && max == now.get(i).aboveTokens()) {
                throw wrong(model + ": two rows are for the same day and the same above-tokens");
            }
            var prices = now.get(i).prices();
            steps.add(new ModelPrice.Step(max, prices.standard(), prices.batch()));
        }
        return steps;
    }

    private Row row(JsonNode node, int number) {
        if (!node.isObject()) {
            throw wrong(
                    "row "
                            + number
                            + " must be a mapping like { model: my-model, input: 1.00, output: 5.00 }");
        }
        for (var key : node.propertyNames()) {
            if (!KEYS.contains(key)) {
                throw wrong(
                        "row %d: %s is not a key here; allowed: %s"
                                .formatted(
                                        number,
                                        key,
                                        String.join(", ", KEYS.stream().sorted().toList())));
            }
        }
        var model = node.path("model").asString("");
        if (model.isBlank()) {
            throw wrong("row " + number + ": model is missing");
        }
        var input = dollars(node, "input", null, number);
        var standard =
                prices(
                        input,
                        dollars(node, "output", null, number),
                        dollars(node, "write-5m", input.multiply(WRITE_5M), number),
                        dollars(node, "write-1h", input.multiply(WRITE_1H), number),
                        dollars(node, "read", input.multiply(READ), number));
        var share = dollars(node, "batch", TokenPrices.HALF, number);
        if (share.compareTo(BigDecimal.ONE) > 0) {
            throw wrong(
                    "row %d: batch must be from 0 to 1, the part of the price that a batch pays"
                            .formatted(number));
        }
        var batch = standard.times(share);
        return new Row(
                model,
                day(node, number),
                tokens(node, number),
                new ModelPrice.Step(Long.MAX_VALUE, standard, batch));
    }

    private static TokenPrices prices(
            BigDecimal input,
            BigDecimal output,
            BigDecimal write5m,
            BigDecimal write1h,
            BigDecimal read) {
        return new TokenPrices(
                price(input), price(output), price(write5m), price(write1h), price(read));
    }

    private static TokenPrice price(BigDecimal dollars) {
        return new TokenPrice(
                dollars.multiply(MICROS).setScale(0, RoundingMode.CEILING).longValueExact());
    }

    private BigDecimal dollars(JsonNode row, String key, @Nullable BigDecimal absent, int number) {
        var value = row.get(key);
        if (value == null && absent != null) {
            return absent;
        }
        if (value == null
                || !value.isNumber()
                || value.decimalValue().signum() < 0
                || value.decimalValue().compareTo(DOLLARS_MAX) > 0) {
            throw wrong(
                    "row %d: %s must be a number from 0, in US dollars per million tokens"
                            .formatted(number, key));
        }
        return value.decimalValue();
    }

    private LocalDate day(JsonNode row, int number) {
        var value = row.get("from");
        if (value == null) {
            return LocalDate.MIN;
        }
        try {
            return LocalDate.parse(value.asString(""));
        } catch (DateTimeParseException _) {
            throw wrong("row %d: from must be a day like 2026-10-07".formatted(number));
        }
    }

    private long tokens(JsonNode row, int number) {
        var value = row.get("above-tokens");
        if (value == null) {
            return 0;
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
            throw wrong("row %d: above-tokens must be a whole number from 0".formatted(number));
        }
        return value.longValue();
    }

    private PriceFileException wrong(String what) {
        return new PriceFileException("prices: " + file + ": " + what);
    }
}
