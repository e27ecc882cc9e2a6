package dev.nightmail.upstream.openai;

import dev.nightmail.upstream.json.JsonWriter;
import dev.nightmail.upstream.json.RawJson;
import org.jspecify.annotations.Nullable;

/**
 * The system prompt and the messages. The Messages API takes messages of the same role that follow
 * each other for one; many chat templates do not know such, so they are put together here.
 */
final class Conversation {

    private final JsonWriter out;
    private Turn turn = new Turn(Role.SYSTEM);

    private Conversation(JsonWriter out) {
        this.out = out;
    }

    static void write(Fields params, JsonWriter out) throws RefusedException {
        new Conversation(out).write(params.take("system"), params.takeList("messages"));
    }

    private void write(@Nullable RawJson system, RawJson.@Nullable Items messages)
            throws RefusedException {
        if (messages == null) {
            throw RefusedException.invalid("messages", "Field required");
        }
        if (messages.items().isEmpty()) {
            throw RefusedException.invalid("messages", "at least one message is required");
        }
        out.name("messages").beginArray();
        if (system != null) {
            turn.add("system", system);
        }
        int at = 0;
        for (var message : messages.items()) {
            add("messages." + at++, message);
        }
        if (turn.role() == Role.ASSISTANT) {
            throw RefusedException.noCounterpart(
                    "messages." + (at - 1), "an answer that is begun by the client");
        }
        turn.write(out);
        out.endArray();
    }

    private void add(String path, RawJson message) throws RefusedException {
        var fields = Fields.of(path, message);
        var role = Role.of(fields);
        if (role != turn.role()) {
            turn.write(out);
            turn = new Turn(role);
        }
        var content = fields.require("content");
        fields.requireAllTaken();
        turn.add(fields.at("content"), content);
    }
}
