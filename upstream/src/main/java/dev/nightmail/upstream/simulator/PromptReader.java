package dev.nightmail.upstream.simulator;

import dev.nightmail.upstream.simulator.service.CacheTtl;
import dev.nightmail.upstream.simulator.service.Prompt;
import dev.nightmail.upstream.simulator.service.Prompt.Block;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads the input of a request as a model sees it: a sequence of blocks (tools, system, messages),
 * of which some end a prefix that is to be cached.
 */
final class PromptReader {

    /** Contract, section 7: these invalidate what is cached of messages. */
    private static final List<String> MESSAGE_SETTINGS =
            List.of("tool_choice", "thinking", "output_config");

    private final boolean caching;
    private final List<Block> blocks = new ArrayList<>();

    /** How many of the blocks there are up to the last marked one. */
    private int blocksToLastMark;

    private long characters;
    private long extraTokens;
    private long hash;

    private PromptReader(boolean caching) {
        this.caching = caching;
    }

    /**
     * @param params that have passed the check
     */
    static Prompt read(JsonNode params) {
        var reader = new PromptReader(params.hasNonNull("cache_control") || marks(params));
        return reader.prompt(params);
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

    private Prompt prompt(JsonNode params) {
        if (caching) {
            hash = Mixing.hash(1, params.path("model").asString(""));
        }
        readBlocks(params.path("tools"));
        readBlocks(params.path("system"));
        if (caching) {
            // What changes the answer without being part of the prompt changes what is cached of
            // the conversation.
            for (var setting : MESSAGE_SETTINGS) {
                hash = Mixing.hash(hash, params.path(setting).toString());
            }
        }
        for (var message : params.path("messages").values()) {
            extraTokens += Tokens.OF_A_MESSAGE;
            if (caching) {
                hash = Mixing.hash(hash, message.path("role").asString(""));
            }
            readBlocks(message.path("content"));
        }
        var whole = params.get("cache_control");
        if (whole != null && !whole.isNull() && !blocks.isEmpty()) {
            var last = blocks.removeLast();
            end(
                    last.prefixHash(),
                    last.prefixTokens(),
                    last.mark() == null ? ttl(whole) : last.mark());
        }
        return new Prompt(blocks.subList(0, blocksToLastMark), tokens());
    }

    private void readBlocks(JsonNode content) {
        if (content.isArray()) {
            for (var block : content.values()) {
                readBlock(block);
            }
        } else if (!content.isMissingNode() && !content.isNull()) {
            readBlock(content);
        }
    }

    private void readBlock(JsonNode block) {
        count(block);
        if (caching) {
            var control = block.get("cache_control");
            end(hash, tokens(), control == null || control.isNull() ? null : ttl(control));
        }
    }

    private void end(long prefixHash, long prefixTokens, @Nullable CacheTtl mark) {
        blocks.add(new Block(prefixHash, prefixTokens, mark));
        if (mark != null) {
            blocksToLastMark = blocks.size();
        }
    }

    private static CacheTtl ttl(JsonNode control) {
        return control.path("ttl").asString("").equals("1h")
                ? CacheTtl.ONE_HOUR
                : CacheTtl.FIVE_MINUTES;
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

    private long tokens() {
        return Tokens.ofCharacters(characters) + extraTokens;
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

    /** All text of the system prompt; empty if there is none. */
    static String systemText(JsonNode params) {
        return text(params.path("system"));
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
