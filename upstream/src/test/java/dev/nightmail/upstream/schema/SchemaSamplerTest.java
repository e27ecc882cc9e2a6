package dev.nightmail.upstream.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An independent validator is the judge of every value that is made up. */
@Timeout(60)
final class SchemaSamplerTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final SchemaRegistry JUDGE =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    private static final Wording WORDS =
            new Wording() {
                @Override
                public String text(String name, int charactersMax, RandomGenerator random) {
                    String text = "Ein schöner Tag, 😀 said the fox number " + random.nextInt(1000);
                    int end = Math.min(charactersMax, text.length());
                    return text.substring(0, end);
                }

                @Override
                public JsonNode choose(List<JsonNode> values, RandomGenerator random) {
                    return values.get(random.nextInt(values.size()));
                }
            };

    private static JsonNode sample(String schema, long seed) throws UnsatisfiableException {
        return SchemaSampler.sample(JSON.readTree(schema), WORDS, new SplittableRandom(seed));
    }

    private static void judge(String schema, JsonNode value) {
        var errors =
                JUDGE.getSchema(JSON.readTree(schema))
                        .validate(
                                value,
                                context ->
                                        context.executionConfig(
                                                config -> config.formatAssertionsEnabled(true)));
        assertThat(errors).as("%s against %s", value, schema).isEmpty();
    }

    private static String described(String description) {
        return JSON.createObjectNode()
                .put("type", "integer")
                .put("description", description)
                .toString();
    }

    /** As the official SDKs and pipelines word what structured output does not take. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{minimum: 0, maximum: 9}",
                "Stars.\n\n{minimum: 0, maximum: 9}",
                "Stars.\n\nMust satisfy {\"minimum\":0,\"maximum\":9,\"not\":{\"const\":7}}"
            })
    void whatADescriptionSaysIsHeeded(String description) throws Exception {
        for (int seed = 0; seed < 200; seed++) {
            int value = sample(described(description), seed).intValue();

            assertThat(value).isBetween(0, 9);
            assertThat(value == 7 && description.contains("not")).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"such as {a: 1}", "{minimum: lots}", "{minimum: 5, maximum: 2}", "{"})
    void aDescriptionThatSaysNothingOfTheKindBindsNobody(String description) throws Exception {
        judge(described(description), sample(described(description), 1));
    }

    static Stream<String> schemas() {
        return Stream.of(
                "true",
                "{}",
                """
                {"type":"string"}\
                """,
                """
                {"type":"string","minLength":500,"maxLength":501}\
                """,
                """
                {"type":"string","maxLength":3}\
                """,
                """
                {"type":"string","maxLength":0}\
                """,
                """
                {"type":"string","pattern":"^[A-Z]{2}-\\\\d{3,5}(?:/[a-f0-9_]+)?$"}\
                """,
                """
                {"type":"string","pattern":"^(foo|bar|[^a-z\\\\s]{4})+$","minLength":9}\
                """,
                """
                {"type":"string","pattern":"^\\\\w+([.-]?\\\\w+)*@\\\\w+\\\\.(com|org)$"}\
                """,
                """
                {"type":"string","pattern":"^.{10,20}$"}\
                """,
                """
                {"type":"string","pattern":"^a+$","minLength":40,"maxLength":60}\
                """,
                """
                {"type":"string","format":"date"}\
                """,
                """
                {"type":"string","format":"date-time"}\
                """,
                """
                {"type":"string","format":"time"}\
                """,
                """
                {"type":"string","format":"duration"}\
                """,
                """
                {"type":"string","format":"email"}\
                """,
                """
                {"type":"string","format":"uri"}\
                """,
                """
                {"type":"string","format":"uuid"}\
                """,
                """
                {"type":"string","format":"ipv4"}\
                """,
                """
                {"type":"string","format":"ipv6"}\
                """,
                """
                {"type":"string","format":"hostname"}\
                """,
                """
                {"type":"integer","minimum":3,"maximum":3}\
                """,
                """
                {"type":"integer","exclusiveMinimum":3,"exclusiveMaximum":5}\
                """,
                """
                {"type":"integer","multipleOf":7,"minimum":-100,"maximum":-1}\
                """,
                """
                {"type":"integer","multipleOf":2.5,"minimum":1}\
                """,
                """
                {"type":"number","minimum":0,"maximum":1}\
                """,
                """
                {"type":"number","exclusiveMinimum":0.001,"exclusiveMaximum":0.002}\
                """,
                """
                {"type":"number","multipleOf":0.01,"minimum":19.99,"maximum":20}\
                """,
                """
                {"type":"number","maximum":-1e9}\
                """,
                """
                {"type":["string","null"]}\
                """,
                """
                {"type":["integer","boolean"]}\
                """,
                """
                {"const":{"a":[1,null]}}\
                """,
                """
                {"enum":["a",1,null,{"x":true}]}\
                """,
                """
                {"type":"string","enum":["a",1,null]}\
                """,
                """
                {"type":"array","items":{"type":"integer"},"minItems":3,"maxItems":3}\
                """,
                """
                {"type":"array","items":{"type":"integer","minimum":1,"maximum":5},"minItems":5,"uniqueItems":true}\
                """,
                """
                {"type":"array","prefixItems":[{"type":"string"},{"type":"integer"}],"items":false,"minItems":2}\
                """,
                """
                {"type":"array","contains":{"const":"x"},"minContains":2,"items":{"type":"string"}}\
                """,
                """
                {"type":"array","items":{"enum":["a","b"]},"uniqueItems":true}\
                """,
                """
                {"type":"object","properties":{"a":{"type":"string"},"b":{"type":"integer"}},"required":["b"],"additionalProperties":false}\
                """,
                """
                {"type":"object","required":["free"]}\
                """,
                """
                {"type":"object","minProperties":4,"additionalProperties":{"type":"integer"}}\
                """,
                """
                {"type":"object","patternProperties":{"^x_[a-z]+$":{"type":"boolean"}},"additionalProperties":false,"minProperties":3}\
                """,
                """
                {"type":"object","propertyNames":{"pattern":"^[a-c]{3,8}$"},"minProperties":2}\
                """,
                """
                {"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"},"c":{"type":"integer"}},"maxProperties":1}\
                """,
                """
                {"type":"object","properties":{"card":{"type":"string"}},"dependentRequired":{"card":["address"]},"required":["card"]}\
                """,
                """
                {"anyOf":[{"type":"string","minLength":5},{"type":"integer","minimum":5}]}\
                """,
                """
                {"oneOf":[{"type":"integer","multipleOf":3},{"type":"integer","multipleOf":5}],"minimum":1,"maximum":50}\
                """,
                """
                {"oneOf":[{"type":"object","properties":{"kind":{"const":"cat"},"lives":{"type":"integer"}},"required":["kind","lives"],"additionalProperties":false},{"type":"object","properties":{"kind":{"const":"dog"}},"required":["kind"],"additionalProperties":false}]}\
                """,
                """
                {"allOf":[{"type":"object","properties":{"a":{"type":"integer","minimum":3}},"required":["a"]},{"properties":{"a":{"maximum":4},"b":{"type":"string"}},"required":["b"]}]}\
                """,
                """
                {"type":"integer","minimum":0,"maximum":10,"not":{"multipleOf":2}}\
                """,
                """
                {"type":"object","properties":{"country":{"enum":["US","NL"]},"zip":{"type":"string"}},"required":["country","zip"],"if":{"properties":{"country":{"const":"US"}}},"then":{"properties":{"zip":{"pattern":"^[0-9]{5}$"}}},"else":{"properties":{"zip":{"pattern":"^[0-9]{4} [A-Z]{2}$"}}}}\
                """,
                """
                {"$ref":"#/$defs/name","$defs":{"name":{"type":"string","maxLength":9}}}\
                """,
                """
                {"$defs":{"a~b/c":{"type":"integer"}},"type":"array","minItems":1,"items":{"$ref":"#/$defs/a~0b~1c"}}\
                """,
                """
                {"$ref":"#here","$defs":{"x":{"$anchor":"here","type":"boolean"}}}\
                """,
                """
                {"type":"object","properties":{"value":{"type":"integer"},"children":{"type":"array","items":{"$ref":"#"}}},"required":["value","children"],"additionalProperties":false}\
                """,
                """
                {"$ref":"#/$defs/list","$defs":{"list":{"anyOf":[{"type":"null"},{"type":"object","properties":{"head":{"type":"string"},"tail":{"$ref":"#/$defs/list"}},"required":["head","tail"],"additionalProperties":false}]}}}\
                """,
                """
                {"$ref":"#/$defs/expr","$defs":{"expr":{"oneOf":[{"type":"number"},{"type":"object","properties":{"op":{"enum":["+","-"]},"left":{"$ref":"#/$defs/expr"},"right":{"$ref":"#/$defs/expr"}},"required":["op","left","right"],"additionalProperties":false}]}}}\
                """,
                """
                {"type":"object","properties":{"sentiment":{"type":"string","enum":["positive","negative","neutral"]},"confidence":{"type":"number","minimum":0,"maximum":1},"topics":{"type":"array","items":{"type":"string"},"maxItems":5}},"required":["sentiment","confidence","topics"],"additionalProperties":false}\
                """);
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void whateverIsMadeUpSatisfiesItsSchema(String schema) throws UnsatisfiableException {
        for (long seed = 0; seed < 40; seed++) {
            judge(schema, sample(schema, seed));
        }
    }

    static LongStream seeds() {
        return LongStream.range(0, 400);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void generatedSchemasAreSatisfiedToo(long seed) throws UnsatisfiableException {
        String schema = new SchemaGenerator(new SplittableRandom(seed)).schema(0);

        judge(schema, sample(schema, seed));
    }

    @Test
    void theSameSeedMakesTheSameValueUp() throws UnsatisfiableException {
        for (var schema : schemas().toList()) {
            assertThat(sample(schema, 7)).isEqualTo(sample(schema, 7));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "false",
                """
                {"type":"integer","minimum":5,"maximum":4}\
                """,
                """
                {"type":"integer","exclusiveMinimum":5,"exclusiveMaximum":6}\
                """,
                """
                {"enum":[]}\
                """,
                """
                {"type":"string","enum":[1,2]}\
                """,
                """
                {"type":"string","minLength":5,"maxLength":4}\
                """,
                """
                {"type":"array","items":{"enum":["a"]},"minItems":2,"uniqueItems":true}\
                """,
                """
                {"type":"array","minItems":1000000000}\
                """,
                """
                {"type":"object","minProperties":1000000000}\
                """,
                """
                {"type":"object","properties":{"self":{"$ref":"#"}},"required":["self"]}\
                """,
                """
                {"$ref":"#"}\
                """,
                """
                {"$ref":"#/$defs/absent"}\
                """,
                """
                {"$ref":"https://example.com/other.json"}\
                """,
                """
                {"allOf":[{"type":"string"},{"type":"integer"}]}\
                """,
                """
                {"type":"string","pattern":"(?<=a)b"}\
                """,
                """
                {"type":"string","pattern":"[unclosed"}\
                """,
                """
                {"type":"nonsense"}\
                """,
                """
                {"type":"object","required":["a"],"additionalProperties":false}\
                """,
                """
                {"not":{}}\
                """
            })
    void whatCannotBeSatisfiedIsSaidInTime(String schema) {
        assertThatThrownBy(() -> sample(schema, 1)).isInstanceOf(UnsatisfiableException.class);
    }

    @Test
    void aPatternThatBacktracksWithoutEndIsGivenUp() {
        String schema =
                """
                {"type":"string","enum":["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"],"pattern":"^(a+)+$"}\
                """;

        assertThatThrownBy(() -> sample(schema, 1)).isInstanceOf(UnsatisfiableException.class);
    }

    /** Grows schemas that have a value, by seed. */
    private static final class SchemaGenerator {
        private final RandomGenerator random;

        SchemaGenerator(RandomGenerator random) {
            this.random = random;
        }

        String schema(int depth) {
            return switch (random.nextInt(depth < 3 ? 10 : 5)) {
                case 0 -> string();
                case 1 -> integer();
                case 2 -> number();
                case 3 -> "{\"type\":\"boolean\"}";
                case 4 -> "{\"enum\":[\"a\",2,null]}";
                case 5 -> array(depth);
                case 6 -> "{\"anyOf\":[" + schema(depth + 1) + "," + schema(depth + 1) + "]}";
                default -> object(depth);
            };
        }

        private String string() {
            int least = random.nextInt(30);
            return switch (random.nextInt(3)) {
                case 0 ->
                        "{\"type\":\"string\",\"minLength\":%d,\"maxLength\":%d}"
                                .formatted(least, least + random.nextInt(40));
                case 1 ->
                        "{\"type\":\"string\",\"pattern\":\"^[a-f]{%d,%d}(x|y-)?$\"}"
                                .formatted(least, least + 1 + random.nextInt(9));
                default -> "{\"type\":[\"string\",\"null\"],\"format\":\"date\"}";
            };
        }

        private String integer() {
            int least = random.nextInt(-1000, 1000);
            int step = random.nextInt(1, 12);
            return "{\"type\":\"integer\",\"minimum\":%d,\"exclusiveMaximum\":%d,\"multipleOf\":%d}"
                    .formatted(least, least + step + random.nextInt(50), step);
        }

        private String number() {
            double least = random.nextInt(-500, 500) / 8.0;
            return "{\"type\":\"number\",\"exclusiveMinimum\":%s,\"maximum\":%s}"
                    .formatted(least, least + random.nextInt(1, 9) / 16.0);
        }

        private String array(int depth) {
            int least = random.nextInt(4);
            return "{\"type\":\"array\",\"items\":%s,\"minItems\":%d,\"maxItems\":%d}"
                    .formatted(schema(depth + 1), least, least + random.nextInt(4));
        }

        private String object(int depth) {
            var properties = new ArrayList<String>();
            var required = new LinkedHashSet<String>();
            for (int i = random.nextInt(5); i >= 0; i--) {
                properties.add("\"p%d\":%s".formatted(i, schema(depth + 1)));
                if (random.nextBoolean()) {
                    required.add("\"p" + i + "\"");
                }
            }
            return "{\"type\":\"object\",\"properties\":{%s},\"required\":[%s],\"additionalProperties\":%s}"
                    .formatted(
                            String.join(",", properties),
                            String.join(",", required),
                            random.nextBoolean());
        }
    }
}
