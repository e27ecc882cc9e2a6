package dev.nightmail.upstream.schema;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * Makes up a value that satisfies a JSON schema.
 *
 * <p>A value is grown from the schema keyword by keyword, then checked against the whole of it:
 * what growing cannot plan for ({@code not}, {@code oneOf}, {@code if}) is left to chance and a few
 * tries. A value is only ever given if it passed the check.
 */
public final class SchemaSampler {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final int TRIES = 24;

    /** Optional parts are left out from here on, so that recursive schemas come to an end. */
    private static final int GENEROUS_DEPTH = 4;

    private static final int DEPTH_MAX = 48;
    private static final int NODES_MAX = 20_000;

    private final JsonNode root;
    private final References references;
    private final SchemaCheck check;
    private final Merging merging;
    private final Heights heights;
    private final Wording wording;
    private final RandomGenerator random;

    private int nodesLeft;

    private SchemaSampler(JsonNode root, Wording wording, RandomGenerator random) {
        this.root = root;
        this.references = new References(root);
        this.check = new SchemaCheck(references);
        this.merging = new Merging(references);
        this.heights = new Heights(references);
        this.wording = wording;
        this.random = random;
    }

    /**
     * @throws UnsatisfiableException if no value was found, saying why in words that follow "the
     *     schema cannot be satisfied: "
     */
    public static JsonNode sample(JsonNode schema, Wording wording, RandomGenerator random)
            throws UnsatisfiableException {
        var heeded = Described.heeded(schema);
        if (heeded.isPresent()) {
            try {
                return new SchemaSampler(heeded.get(), wording, random).sample();
            } catch (UnsatisfiableException _) {
                // A description binds nobody.
            }
        }
        return new SchemaSampler(schema, wording, random).sample();
    }

    private JsonNode sample() throws UnsatisfiableException {
        var last = new UnsatisfiableException("no value was found that passes all of its rules");
        for (int i = 0; i < TRIES; i++) {
            nodesLeft = NODES_MAX;
            try {
                var value = grow(root, "", 0);
                if (check.accepts(root, value)) {
                    return value;
                }
            } catch (UnsatisfiableException e) {
                last = e;
            }
        }
        throw last;
    }

    private JsonNode grow(JsonNode schema, String name, int depth) throws UnsatisfiableException {
        if (--nodesLeft < 0 || depth > DEPTH_MAX) {
            throw new UnsatisfiableException("it asks for more than the simulator will make up");
        }
        if (schema.isBoolean() && !schema.booleanValue()) {
            throw new UnsatisfiableException("a part of it is false");
        }
        var flat = merging.flat(schema);
        var branches = firstNonNull(flat.get("oneOf"), flat.get("anyOf"));
        if (branches != null && !branches.isEmpty()) {
            return growBranch(flat, branches, name, depth);
        }
        if (flat.has("if")) {
            return grow(merging.conditional(flat, random.nextBoolean()), name, depth + 1);
        }
        var constant = flat.get("const");
        if (constant != null) {
            return constant;
        }
        var values = flat.get("enum");
        if (values != null) {
            return growEnum(flat, values);
        }
        return growTyped(flat, type(flat, depth), name, depth);
    }

    private static @Nullable JsonNode firstNonNull(
            @Nullable JsonNode one, @Nullable JsonNode other) {
        return one != null ? one : other;
    }

    private JsonNode growBranch(ObjectNode flat, JsonNode branches, String name, int depth)
            throws UnsatisfiableException {
        String keyword = flat.has("oneOf") ? "oneOf" : "anyOf";
        var rest = flat.deepCopy();
        rest.remove(keyword);
        var order = new ArrayList<>(branches.values());
        shuffle(order);
        // Null is what an optional value mostly is not; deep down it is the way out.
        order.sort((one, other) ->
                depth < GENEROUS_DEPTH
                        ? Boolean.compare(isNull(one), isNull(other))
                        : Integer.compare(heights.of(one), heights.of(other)));
        var last = new UnsatisfiableException("none of its alternatives can be met");
        for (var branch : order) {
            try {
                var value = grow(merging.merge(rest, branch), name, depth + 1);
                if (check.accepts(flat, value)) {
                    return value;
                }
            } catch (UnsatisfiableException e) {
                last = e;
            }
        }
        throw last;
    }

    private static boolean isNull(JsonNode schema) {
        return schema.path("type").asString("").equals("null")
                || (schema.has("const") && schema.path("const").isNull());
    }

    private void shuffle(List<JsonNode> nodes) {
        for (int i = nodes.size() - 1; i > 0; i--) {
            Collections.swap(nodes, i, random.nextInt(i + 1));
        }
    }

    private JsonNode growEnum(JsonNode flat, JsonNode values) throws UnsatisfiableException {
        var fitting = new ArrayList<JsonNode>();
        for (var value : values.values()) {
            if (check.accepts(flat, value)) {
                fitting.add(value);
            }
        }
        if (fitting.isEmpty()) {
            throw new UnsatisfiableException("none of its enum values passes its other rules");
        }
        return wording.choose(fitting, random);
    }

    private String type(JsonNode flat, int depth) {
        var type = flat.path("type");
        if (type.isString()) {
            return type.stringValue();
        }
        if (type.isArray() && !type.isEmpty()) {
            var names = new ArrayList<String>();
            type.values().forEach(one -> names.add(one.asString("")));
            if (depth >= GENEROUS_DEPTH && names.contains("null")) {
                return "null";
            }
            names.remove("null");
            return names.isEmpty() ? "null" : names.get(random.nextInt(names.size()));
        }
        if (hasAny(flat, "properties", "required", "minProperties", "patternProperties")) {
            return "object";
        }
        if (hasAny(flat, "items", "prefixItems", "minItems", "contains")) {
            return "array";
        }
        if (hasAny(flat, "minimum", "maximum", "multipleOf", "exclusiveMinimum")) {
            return "number";
        }
        return "string";
    }

    private static boolean hasAny(JsonNode schema, String... keywords) {
        for (var keyword : keywords) {
            if (schema.has(keyword)) {
                return true;
            }
        }
        return false;
    }

    private JsonNode growTyped(JsonNode flat, String type, String name, int depth)
            throws UnsatisfiableException {
        return switch (type) {
            case "object" -> growObject(flat, depth);
            case "array" -> growArray(flat, name, depth);
            case "string" -> StringNode.valueOf(growString(flat, name));
            case "integer" -> NumberSampler.integer(flat, random);
            case "number" -> NumberSampler.number(flat, random);
            case "boolean" -> wording.choose(List.of(BooleanNode.TRUE, BooleanNode.FALSE), random);
            case "null" -> NullNode.getInstance();
            default -> throw new UnsatisfiableException("a type in it is none of JSON's");
        };
    }

    private ObjectNode growObject(JsonNode flat, int depth) throws UnsatisfiableException {
        var properties = flat.path("properties");
        long most = flat.path("maxProperties").asLong(Long.MAX_VALUE);
        var object = NODES.objectNode();
        var required = required(flat);
        // In the order of the schema, as the real service writes them.
        for (var property : properties.properties()) {
            String name = property.getKey();
            if (required.contains(name)) {
                object.set(name, grow(propertySchema(flat, name), name, depth + 1));
            } else if (depth < GENEROUS_DEPTH
                    && object.size() + stillRequired(required, object) < most
                    && random.nextInt(10) < 8) {
                addIfPossible(flat, object, name, depth);
            }
        }
        for (var name : required) {
            if (!object.has(name)) {
                object.set(name, grow(propertySchema(flat, name), name, depth + 1));
            }
        }
        addDependents(flat, object, depth);
        fillUp(flat, object, depth);
        return object;
    }

    private static Set<String> required(JsonNode flat) {
        var names = new LinkedHashSet<String>();
        for (var name : flat.path("required").values()) {
            if (name.isString()) {
                names.add(name.stringValue());
            }
        }
        return names;
    }

    private static long stillRequired(Set<String> required, ObjectNode object) {
        return required.stream().filter(name -> !object.has(name)).count();
    }

    private void addIfPossible(JsonNode flat, ObjectNode object, String name, int depth) {
        try {
            object.set(name, grow(propertySchema(flat, name), name, depth + 1));
        } catch (UnsatisfiableException _) {
            // An optional property that cannot be had is left out.
        }
    }

    /** All that is said of the value of one property. */
    private JsonNode propertySchema(JsonNode flat, String name) throws UnsatisfiableException {
        JsonNode schema = flat.path("properties").get(name);
        for (var pattern : flat.path("patternProperties").properties()) {
            if (Patterns.find(pattern.getKey(), name)) {
                schema =
                        schema == null
                                ? pattern.getValue()
                                : merging.merge(schema, pattern.getValue());
            }
        }
        if (schema != null) {
            return schema;
        }
        var others =
                firstNonNull(flat.get("additionalProperties"), flat.get("unevaluatedProperties"));
        return others == null ? BooleanNode.TRUE : others;
    }

    private void addDependents(JsonNode flat, ObjectNode object, int depth)
            throws UnsatisfiableException {
        for (var dependency : flat.path("dependentRequired").properties()) {
            if (object.has(dependency.getKey())) {
                for (var needed : dependency.getValue().values()) {
                    String name = needed.asString("");
                    if (!object.has(name)) {
                        object.set(name, grow(propertySchema(flat, name), name, depth + 1));
                    }
                }
            }
        }
    }

    private void fillUp(JsonNode flat, ObjectNode object, int depth) throws UnsatisfiableException {
        long least = flat.path("minProperties").asLong(0);
        for (var property : flat.path("properties").properties()) {
            if (object.size() < least && !object.has(property.getKey())) {
                addIfPossible(flat, object, property.getKey(), depth);
            }
        }
        var names = flat.get("propertyNames");
        var patterns = new ArrayList<>(flat.path("patternProperties").propertyNames());
        for (int number = 1; object.size() < least; number++) {
            if (--nodesLeft < 0) {
                throw new UnsatisfiableException("it asks for more properties than it allows");
            }
            String name;
            if (names != null) {
                name = grow(names, "name", depth + 1).asString("") + (number > 8 ? number : "");
            } else if (!patterns.isEmpty()) {
                name = PatternSampler.sample(patterns.getFirst(), 4 + number, random);
            } else {
                name = "property_" + number;
            }
            if (!object.has(name)) {
                object.set(name, grow(propertySchema(flat, name), name, depth + 1));
            }
        }
    }

    private ArrayNode growArray(JsonNode flat, String name, int depth)
            throws UnsatisfiableException {
        var prefix = flat.path("prefixItems");
        var items = flat.get("items");
        long least = Math.max(0, flat.path("minItems").asLong(0));
        long most = Math.max(least, flat.path("maxItems").asLong(Long.MAX_VALUE));
        if (items != null && items.isBoolean() && !items.booleanValue()) {
            most = Math.min(most, prefix.size());
        }
        var contains = flat.get("contains");
        long wanted = contains == null ? 0 : flat.path("minContains").asLong(1);
        long size = Math.max(least, wanted);
        if (depth < GENEROUS_DEPTH) {
            long usual = Math.max(size, Math.max(prefix.size(), least == 0 ? 1 : least));
            size = Math.min(most, usual + random.nextInt(3));
        }
        if (size > most) {
            throw new UnsatisfiableException("an array in it must be longer than it may be");
        }
        boolean unique = flat.path("uniqueItems").asBoolean(false);
        var array = NODES.arrayNode();
        for (long i = 0; i < size; i++) {
            JsonNode schema = itemSchema(prefix, items, i);
            if (i < wanted && contains != null) {
                schema = merging.merge(schema, contains);
            }
            try {
                array.add(
                        unique
                                ? growUnlike(array, schema, name, depth)
                                : grow(schema, name, depth + 1));
            } catch (UnsatisfiableException e) {
                if (array.size() < Math.max(least, wanted)) {
                    throw e;
                }
                break;
            }
        }
        return array;
    }

    private static JsonNode itemSchema(JsonNode prefix, @Nullable JsonNode items, long index) {
        if (index < prefix.size()) {
            return prefix.path((int) index);
        }
        return items == null || items.isArray() ? BooleanNode.TRUE : items;
    }

    private JsonNode growUnlike(ArrayNode others, JsonNode schema, String name, int depth)
            throws UnsatisfiableException {
        for (int i = 0; i < 20 + 2 * others.size(); i++) {
            var value = grow(schema, name, depth + 1);
            if (others.values().stream().noneMatch(other -> SchemaCheck.same(other, value))) {
                return value;
            }
        }
        throw new UnsatisfiableException(
                "an array in it wants more different items than there are");
    }

    private String growString(JsonNode flat, String name) throws UnsatisfiableException {
        long least = Math.max(0, flat.path("minLength").asLong(0));
        long most = flat.path("maxLength").asLong(Long.MAX_VALUE);
        if (least > most || least > 100_000) {
            throw new UnsatisfiableException("the lengths it asks of a string cannot be had");
        }
        var pattern = flat.get("pattern");
        if (pattern != null && pattern.isString()) {
            return growMatching(pattern.stringValue(), least, most);
        }
        var formatted = Formats.sample(flat.path("format").asString(""), random);
        if (formatted.isPresent()) {
            return formatted.get();
        }
        int room = (int) Math.min(most, Math.max(least, 280));
        if (room == 0) {
            return "";
        }
        var text = new StringBuilder(wording.text(name, room, random));
        while (text.codePointCount(0, text.length()) < least) {
            text.append(' ').append(wording.text(name, room, random));
        }
        int length = text.codePointCount(0, text.length());
        return length > most
                ? text.substring(0, text.offsetByCodePoints(0, (int) most))
                : text.toString();
    }

    /** Lets repetitions run longer or shorter until the text has the length it must have. */
    private String growMatching(String pattern, long least, long most)
            throws UnsatisfiableException {
        int generosity = 3;
        for (int i = 0; i < TRIES; i++) {
            String text = PatternSampler.sample(pattern, generosity, random);
            int length = text.codePointCount(0, text.length());
            if (length < least) {
                generosity = Math.min(4_000, generosity * 2);
            } else if (length > most) {
                generosity = Math.max(1, generosity / 2);
            } else {
                return text;
            }
        }
        throw new UnsatisfiableException("no text of the length it wants matches its pattern");
    }
}
