package dev.nightmail.app.command;

import dev.nightmail.core.key.ApiKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/** How keys are printed. */
final class KeyText {

    private KeyText() {}

    static List<String> table(List<ApiKey> keys) {
        var lines = new ArrayList<String>();
        lines.add(row("ID", "WORKSPACE", "SCOPES", "CREATED", "STATE", "NAME"));
        for (var key : keys) {
            lines.add(
                    row(
                            key.id().value(),
                            key.workspace().value(),
                            KeysCommand.scopes(key),
                            key.createdAt().toString().substring(0, 10),
                            key.isRevoked() ? "revoked" : "active",
                            key.name()));
        }
        return lines;
    }

    private static String row(
            String id, String workspace, String scopes, String created, String state, String name) {
        return "%-18s %-16s %-18s %-11s %-8s %s"
                .formatted(id, workspace, scopes, created, state, name)
                .stripTrailing();
    }

    static String json(ApiKey key) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("id", key.id().value());
        fields.put("workspace", key.workspace().value());
        fields.put("name", key.name());
        fields.put(
                "scopes", key.scopes().stream().sorted().map(scope -> scope.wireName()).toList());
        fields.put("created_at", key.createdAt().toString());
        fields.put("revoked_at", key.revokedAt() == null ? null : key.revokedAt().toString());
        return JsonMapper.shared().writeValueAsString(fields);
    }
}
