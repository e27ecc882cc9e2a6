package dev.nightmail.upstream.openai;

import dev.nightmail.upstream.json.JsonWriter;
import dev.nightmail.upstream.json.RawJson;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The system prompt and the messages. The Messages API takes messages of the same role that follow
 * each other for one; many chat templates do not know such, so they are put together here.
 */
final class Conversation {

    private final Extras extras;
    private final JsonWriter out;
    private final Set<String> callIds = new LinkedHashSet<>();
    private Turn turn = new Turn(Role.SYSTEM);

    private Conversation(Extras extras, JsonWriter out) {
        this.extras = extras;
        this.out = out;
    }

    /**
     * @return the ids of the calls in it
     */
    static Set<String> write(Fields params, Extras extras, JsonWriter out) throws RefusedException {
        var conversation = new Conversation(extras, out);
        conversation.write(params.take("system"), params.takeList("messages"));
        return conversation.callIds;
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
        writeTurn();
        out.endArray();
    }

    private void writeTurn() throws RefusedException {
        turn.write(extras, out);
        callIds.addAll(turn.callIds());
    }

    private void add(String path, RawJson message) throws RefusedException {
        var fields = Fields.of(path, message);
        var role = Role.of(fields);
        if (role != turn.role()) {
            writeTurn();
            turn = new Turn(role);
        }
        var content = fields.require("content");
        fields.requireAllTaken();
        turn.add(fields.at("content"), content);
    }
}
