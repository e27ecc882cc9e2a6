package dev.nightmail.pipeline.cost;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The prices of models on a day. Ours ship as {@code prices.json} beside this class, with their
 * source; they are the standard prices, of which a batch pays half.
 *
 * @param source where the figures were read
 * @param date when
 * @param behind what has the models that this one lacks; null if nothing has
 */
public record PriceList(
        String source, LocalDate date, Map<String, ModelPrice> models, @Nullable PriceList behind) {

    public PriceList {
        models = Map.copyOf(models);
    }

    public PriceList(String source, LocalDate date, Map<String, ModelPrice> models) {
        this(source, date, models, null);
    }

    public static PriceList shipped() {
        try (var in = PriceList.class.getResourceAsStream("prices.json")) {
            if (in == null) {
                throw new IllegalStateException("prices.json is not in this build");
            }
            return of(JsonMapper.shared().readTree(in));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the shipped prices", e);
        }
    }

    public Optional<ModelPrice> of(String model) {
        var price = models.get(model);
        return price == null && behind != null ? behind.of(model) : Optional.ofNullable(price);
    }

    /** All models that have a price, in the order of their names. */
    public SortedSet<String> names() {
        var names = new TreeSet<>(models.keySet());
        if (behind != null) {
            names.addAll(behind.names());
        }
        return names;
    }

    /** The list that has the price of a model; itself if none has. */
    public PriceList listOf(String model) {
        return !models.containsKey(model) && behind != null && behind.of(model).isPresent()
                ? behind.listOf(model)
                : this;
    }

    /** Whether somebody named the price of a model in a file of prices. */
    public boolean isNamed(String model) {
        return behind != null && models.containsKey(model);
    }

    /** These prices, before those of another list. */
    PriceList over(PriceList others) {
        return new PriceList(source, date, models, others);
    }

    private static PriceList of(JsonNode root) {
        var models = new HashMap<String, ModelPrice>();
        for (var entry : root.required("models").values()) {
            var steps = new ArrayList<ModelPrice.Step>();
            for (var step : entry.required("steps").values()) {
                steps.add(
                        new ModelPrice.Step(
                                step.path("prompt_tokens_max").asLong(Long.MAX_VALUE),
                                new TokenPrices(
                                        price(step, "input"),
                                        price(step, "output"),
                                        price(step, "write_5m"),
                                        price(step, "write_1h"),
                                        price(step, "read"))));
            }
            for (var id : entry.required("ids").values()) {
                models.put(id.asString(), new ModelPrice(steps));
            }
        }
        return new PriceList(
                root.required("source").asString(),
                LocalDate.parse(root.required("date").asString()),
                models);
    }

    private static TokenPrice price(JsonNode step, String kind) {
        return new TokenPrice(step.required(kind).asLong());
    }
}
