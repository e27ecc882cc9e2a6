package dev.nightmail.upstream.schema;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** The {@code $ref}s of one schema document. */
final class References {

    private final JsonNode root;

    References(JsonNode root) {
        this.root = root;
    }

    JsonNode resolve(JsonNode ref) throws UnsatisfiableException {
        String target = ref.asString("");
        if (target.equals("#")) {
            return root;
        }
        JsonNode found = MissingNode.getInstance();
        if (target.startsWith("#/")) {
            try {
                // A percent sign is not special in a pointer, but it is in the fragment of a URL.
                String pointer =
                        URLDecoder.decode(
                                target.substring(1).replace("+", "%2B"), StandardCharsets.UTF_8);
                found = root.at(JsonPointer.compile(pointer));
            } catch (IllegalArgumentException _) {
                throw new UnsatisfiableException(
                        "its $ref " + quoted(target) + " is not a pointer");
            }
        } else if (target.startsWith("#")) {
            found = anchored(root, target.substring(1), 0);
        }
        if (found.isMissingNode()) {
            throw new UnsatisfiableException("its $ref " + quoted(target) + " leads nowhere");
        }
        return found;
    }

    private static JsonNode anchored(JsonNode node, String anchor, int depth) {
        if (node.path("$anchor").asString("").equals(anchor)) {
            return node;
        }
        if (depth < 32 && node.isContainer()) {
            for (var child : node.values()) {
                var found = anchored(child, anchor, depth + 1);
                if (!found.isMissingNode()) {
                    return found;
                }
            }
        }
        return MissingNode.getInstance();
    }

    private static String quoted(String target) {
        return "'" + (target.length() > 80 ? target.substring(0, 80) + "…" : target) + "'";
    }
}
