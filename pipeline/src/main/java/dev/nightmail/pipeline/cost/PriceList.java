package dev.nightmail.pipeline.cost;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The prices of models on a day. Ours ship as {@code prices.json} beside this class, with their
 * source; they are the standard prices, of which a batch pays half.
 *
 * @param source where the figures were read
 * @param date when
 */
public record PriceList(String source, LocalDate date, Map<String, ModelPrice> models) {

    public PriceList {
        models = Map.copyOf(models);
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
        return Optional.ofNullable(models.get(model));
    }

    /** These prices, with those of another list before them. */
    PriceList over(PriceList others) {
        var both = new HashMap<>(others.models());
        both.putAll(models);
        return new PriceList(source, date, both);
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
