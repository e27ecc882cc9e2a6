package dev.nightmail.app.command;

import dev.nightmail.cli.text.Table;
import dev.nightmail.cli.text.Table.Align;
import dev.nightmail.core.key.ApiKey;
import dev.nightmail.core.key.Scope;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** How keys are shown. What is shown never holds a secret. */
final class KeyText {

    private KeyText() {}

    static List<String> table(List<ApiKey> keys) {
        var table =
                new Table(Align.LEFT, Align.LEFT, Align.LEFT, Align.LEFT, Align.LEFT, Align.LEFT)
                        .row("ID", "WORKSPACE", "SCOPES", "CREATED", "STATE", "NAME");
        for (var key : keys) {
            table.row(
                    key.id().value(),
                    key.workspace().value(),
                    String.join(",", scopes(key).toList()),
                    key.createdAt().toString().substring(0, 10),
                    key.isRevoked() ? "revoked" : "active",
                    key.name());
        }
        return table.lines();
    }

    static ObjectNode json(ApiKey key) {
        var json = JsonMapper.shared().createObjectNode();
        json.put("id", key.id().value());
        json.put("workspace", key.workspace().value());
        json.put("name", key.name());
        var scopes = json.putArray("scopes");
        scopes(key).forEach(scopes::add);
        json.put("created_at", key.createdAt().toString());
        json.put("revoked_at", key.revokedAt() == null ? null : key.revokedAt().toString());
        return json;
    }

    private static Stream<String> scopes(ApiKey key) {
        return key.scopes().stream().sorted().map(Scope::wireName);
    }
}
