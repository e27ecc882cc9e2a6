package dev.nightmail.config.yaml;

import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLParser;

/**
 * A YAML file as a tree that knows the line of each of its keys.
 *
 * <p>Keys given twice, aliases and second documents are problems that leave the rest readable; what
 * is no YAML at all ends the reading.
 */
public final class YamlDocument {

    /** Takes one scalar after the other from a parser that stands before more. */
    private static final YAMLMapper YAML =
            YAMLMapper.builder()
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private final JsonNode root;
    private final IdentityHashMap<JsonNode, Map<String, Integer>> lines;
    private final Set<JsonNode> fromVariables = Collections.newSetFromMap(new IdentityHashMap<>());

    private YamlDocument(JsonNode root, IdentityHashMap<JsonNode, Map<String, Integer>> lines) {
        this.root = root;
        this.lines = lines;
    }

    /**
     * @param problems told of what leaves the rest readable
     * @throws YamlException if the text is not YAML
     */
    public static YamlDocument parse(String text, Problems problems) {
        var bare = withoutByteOrderMark(text);
        try (var parser = YAML.createParser(bare)) {
            return new Tree(parser, problems).document();
        } catch (JacksonException e) {
            throw new YamlException(SyntaxAdvice.of(bare, e), e);
        }
    }

    /** A tree that was made in code: what is wrong in it has a key, but no line. */
    public static YamlDocument of(JsonNode root) {
        return new YamlDocument(root, new IdentityHashMap<>());
    }

    /** Editors on Windows put one in front; it is no part of the text. */
    private static String withoutByteOrderMark(String text) {
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    /** A missing node for an empty file. */
    public JsonNode root() {
        return root;
    }

    /**
     * The line in which a key stands, or an item of a list by its index from 0.
     *
     * @return from 1; {@link Problems#NO_LINE} if it does not stand there
     */
    public int line(JsonNode container, String key) {
        return lines.getOrDefault(container, Map.of()).getOrDefault(key, Problems.NO_LINE);
    }

    /** Whether an environment variable was put into a text: then it may stand for a number, too. */
    public boolean isFromVariable(JsonNode value) {
        return fromVariables.contains(value);
    }

    void markFromVariable(JsonNode value) {
        fromVariables.add(value);
    }

    /** Builds the tree, event by event, since a mapper alone would forget the lines. */
    private static final class Tree {
        private final JsonParser parser;
        private final Problems problems;
        private final IdentityHashMap<JsonNode, Map<String, Integer>> lines =
                new IdentityHashMap<>();

        Tree(JsonParser parser, Problems problems) {
            this.parser = parser;
            this.problems = problems;
        }

        YamlDocument document() {
            if (parser.nextToken() == null) {
                return new YamlDocument(JsonNodeFactory.instance.missingNode(), lines);
            }
            var root = value("");
            if (parser.nextToken() != null) {
                problems.add(
                        line(),
                        "a second document begins here (---), and a file holds one: put it into a file of its own");
            }
            return new YamlDocument(root, lines);
        }

        private int line() {
            return parser.currentTokenLocation().getLineNr();
        }

        private JsonNode value(String path) {
            return switch (parser.currentToken()) {
                case START_OBJECT -> mapping(path);
                case START_ARRAY -> list(path);
                default -> scalar(path);
            };
        }

        private ObjectNode mapping(String path) {
            var mapping = YAML.createObjectNode();
            var lineOf = new HashMap<String, Integer>();
            lines.put(mapping, lineOf);
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                var key = parser.currentName();
                int line = line();
                parser.nextToken();
                var below = path.isEmpty() ? key : path + "." + key;
                var value = value(below);
                var earlier = lineOf.putIfAbsent(key, line);
                if (earlier == null) {
                    mapping.set(key, value);
                } else {
                    problems.add(
                            line,
                            below
                                    + ": is given twice, first in line "
                                    + earlier
                                    + ": keep one of them");
                }
            }
            return mapping;
        }

        private ArrayNode list(String path) {
            var list = YAML.createArrayNode();
            var lineOf = new HashMap<String, Integer>();
            lines.put(list, lineOf);
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                lineOf.put(Integer.toString(list.size()), line());
                list.add(value(path + "[" + (list.size() + 1) + "]"));
            }
            return list;
        }

        private JsonNode scalar(String path) {
            if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
                problems.add(
                        line(),
                        path
                                + ": aliases (*name) are not read: write the value itself, or put a text that begins with * in quotes");
            }
            return YAML.readTree(parser);
        }
    }
}
