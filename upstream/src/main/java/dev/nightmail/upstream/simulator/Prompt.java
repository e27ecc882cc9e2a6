package dev.nightmail.upstream.simulator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The input of a request as a model sees it: a sequence of blocks (tools, system, messages), of
 * which some end a prefix that is to be cached.
 */
final class Prompt {

    private static final Duration TTL_USUAL = Duration.ofMinutes(5);
    private static final Duration TTL_LONG = Duration.ofHours(1);

    /**
     * The end of a prefix to be cached.
     *
     * @param tokens of the whole prefix
     * @param hash of the model and all the prefix holds
     */
    record Breakpoint(long tokens, long hash, Duration ttl) {
        boolean isLong() {
            return ttl.equals(TTL_LONG);
        }
    }

    private final boolean caching;
    private final List<Breakpoint> breakpoints = new ArrayList<>();
    private long characters;
    private long extraTokens;
    private long hash;

    private Prompt(boolean caching) {
        this.caching = caching;
    }

    static Prompt of(JsonNode params) {
        var prompt = new Prompt(params.hasNonNull("cache_control") || marks(params));
        prompt.read(params);
        return prompt;
    }

    private static boolean marks(JsonNode params) {
        if (anyMarked(params.path("tools")) || anyMarked(params.path("system"))) {
            return true;
        }
        for (var message : params.path("messages").values()) {
            if (anyMarked(message.path("content"))) {
                return true;
            }
        }
        return false;
    }

    private static boolean anyMarked(JsonNode blocks) {
        if (blocks.isArray()) {
            for (var block : blocks.values()) {
                if (block.hasNonNull("cache_control")) {
                    return true;
                }
            }
        }
        return false;
    }

    private void read(JsonNode params) {
        if (caching) {
            hash = Mixing.hash(1, params.path("model").asString(""));
        }
        readBlocks(params.path("tools"));
        readBlocks(params.path("system"));
        for (var message : params.path("messages").values()) {
            extraTokens += Tokens.OF_A_MESSAGE;
            if (caching) {
                hash = Mixing.hash(hash, message.path("role").asString(""));
            }
            readBlocks(message.path("content"));
        }
        var whole = params.get("cache_control");
        if (whole != null && !whole.isNull()) {
            mark(whole);
        }
    }

    private void readBlocks(JsonNode blocks) {
        if (!blocks.isArray()) {
            count(blocks);
            return;
        }
        for (var block : blocks.values()) {
            count(block);
            var control = block.get("cache_control");
            if (control != null && !control.isNull()) {
                mark(control);
            }
        }
    }

    private void count(JsonNode node) {
        if (node.isString()) {
            countText(node.stringValue());
        } else if (node.isObject()) {
            if (node.has("data") && node.has("media_type")) {
                // A file: its bytes are no text.
                extraTokens += Tokens.OF_A_FILE;
                if (caching) {
                    hash = Mixing.hash(hash, node.path("data").asString(""));
                }
                return;
            }
            for (var property : node.properties()) {
                if (!property.getKey().equals("cache_control")
                        && !property.getKey().equals("type")) {
                    count(property.getValue());
                }
            }
        } else if (node.isArray()) {
            for (var item : node.values()) {
                count(item);
            }
        } else if (node.isValueNode()) {
            countText(node.asString(""));
        }
    }

    private void countText(String text) {
        characters += text.length();
        if (caching) {
            hash = Mixing.hash(hash, text);
        }
    }

    private void mark(JsonNode control) {
        boolean isLong = control.path("ttl").asString("").equals("1h");
        breakpoints.add(new Breakpoint(tokens(), hash, isLong ? TTL_LONG : TTL_USUAL));
    }

    /** All tokens of the input. */
    long tokens() {
        return Tokens.ofCharacters(characters) + extraTokens;
    }

    /** In order: each prefix holds the one before. */
    List<Breakpoint> breakpoints() {
        return breakpoints;
    }

    /** What the user said last: all text of the last message that is not the assistant's. */
    static String lastUserText(JsonNode params) {
        JsonNode last = null;
        for (var message : params.path("messages").values()) {
            if (message.path("role").asString("").equals("user")) {
                last = message.path("content");
            }
        }
        return last == null ? "" : text(last);
    }

    private static String text(JsonNode content) {
        if (content.isString()) {
            return content.stringValue();
        }
        var text = new StringBuilder();
        for (var block : content.values()) {
            appendText(block, text);
        }
        return text.toString();
    }

    private static void appendText(JsonNode block, StringBuilder out) {
        append(block.get("text"), out);
        var source = block.path("source");
        if (source.path("type").asString("").equals("text")) {
            append(source.get("data"), out);
        }
        var content = block.path("content");
        if (content.isString()) {
            append(content, out);
        } else {
            for (var inner : content.values()) {
                append(inner.get("text"), out);
            }
        }
    }

    private static void append(@Nullable JsonNode text, StringBuilder out) {
        if (text != null && text.isString()) {
            if (!out.isEmpty()) {
                out.append('\n');
            }
            out.append(text.stringValue());
        }
    }
}
