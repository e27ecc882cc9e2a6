package dev.nightmail.simulation.client;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.key.KeyId;
import dev.nightmail.core.key.WorkspaceId;
import dev.nightmail.core.request.CustomId;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Makes up what clients hand in. */
public final class Orders {

    /** A model that no route serves. */
    public static final String UNSERVED = "unknown-model";

    private static final List<String> MODELS = List.of("model-a", "model-b");

    private Orders() {}

    /** An order for the book, which everybody's knowledge of it is kept in. */
    public static Order make(Book book, int number, int size, RandomGenerator random) {
        var name = "order-" + number;
        var entries = new ArrayList<Entry>();
        boolean unserved = random.nextInt(6) == 0;
        for (int entry = 0; entry < size; entry++) {
            entries.add(entry(name, entry, unserved, random));
        }
        var idempotencyKey = random.nextInt(4) == 0 ? null : "key of " + name;
        var order =
                new Order(
                        name,
                        new WorkspaceId("workspace-" + random.nextInt(2)),
                        new KeyId("key_" + random.nextInt(3)),
                        idempotencyKey,
                        entries);
        book.add(order);
        return order;
    }

    private static Entry entry(
            String order, int number, boolean mayBeUnserved, RandomGenerator random) {
        var id = order + "." + number;
        // The same in every batch, so that a result in the wrong one would look right.
        var customId =
                new CustomId("request-" + number + "_".repeat(random.nextInt(40) >>> number % 6));
        var model =
                mayBeUnserved && random.nextInt(3) == 0
                        ? UNSERVED
                        : MODELS.get(random.nextInt(MODELS.size()));
        boolean faulty = random.nextInt(25) == 0;
        var params =
                "{\"model\":\"%s\",\"id\":\"%s\",%s\"prompt\":\"%s\"}"
                        .formatted(
                                model,
                                id,
                                faulty ? "\"faulty\":true," : "",
                                "p".repeat(random.nextInt(400) >>> random.nextInt(9)));
        return new Entry(id, customId, model, JsonBytes.of(params));
    }
}
