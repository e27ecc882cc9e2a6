package dev.nightmail.pipeline.stdio;

import dev.nightmail.pipeline.answer.WellFormed;
import dev.nightmail.pipeline.source.SourceItem;
import dev.nightmail.pipeline.source.SqlValues;
import dev.nightmail.pipeline.source.UnusableRecord;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A line that holds a JSON object as a record: its fields keep the types they have. */
record JsonRow(String idField, InputText text) implements StdinCursor.Form {

    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    /** An escape of half a character, which may or may not stand beside its other half. */
    private static final Pattern SURROGATE_ESCAPE = Pattern.compile("\\\\u[dD][89a-fA-F]");

    @Override
    public SourceItem item(InputRow row) {
        var line = row.cells().getFirst();
        try {
            var fields = new LinkedHashMap<String, @Nullable Object>();
            var object = object(text.of(line == null ? new byte[0] : line), row.isWhole());
            var id = object.path(idField);
            if (id.isContainer() || id.isBoolean()) {
                throw new UnreadableRowException("its id is no text and no number");
            }
            object.properties()
                    .forEach(field -> fields.put(field.getKey(), shown(field.getValue())));
            if (id.isMissingNode()) {
                throw new UnreadableRowException(
                        "it has no field %s: every record needs an id%s"
                                .formatted(
                                        idField,
                                        idField.equals("id")
                                                ? "; another field can be named with \"id: FIELD\" under source"
                                                : ""));
            }
            return CsvRow.item(idField, fields, null);
        } catch (UnreadableRowException e) {
            return new UnusableRecord(null, String.valueOf(e.getMessage()));
        }
    }

    private static ObjectNode object(String line, boolean isWhole) throws UnreadableRowException {
        try {
            var node = JSON.readTree(line);
            if (SURROGATE_ESCAPE.matcher(line).find()) {
                node = JSON.readTree(WellFormed.text(node.toString()));
            }
            if (node instanceof ObjectNode object) {
                return object;
            }
            throw new UnreadableRowException("it is no JSON object");
        } catch (StreamConstraintsException _) {
            throw new UnreadableRowException(
                    "it is JSON that nobody should read: nested too deep, or with a number of thousands of digits");
        } catch (JacksonException e) {
            throw new UnreadableRowException(flaw(e, isWhole));
        }
    }

    /** The parser's own words quote the line. */
    private static String flaw(JacksonException failure, boolean isWhole) {
        if (String.valueOf(failure.getOriginalMessage()).startsWith("Duplicate ")) {
            return "a name stands in it twice";
        }
        var where =
                failure.getLocation() == null
                        ? ""
                        : ", wrong from column %,d on"
                                .formatted(failure.getLocation().getColumnNr());
        return "it is no JSON object"
                + where
                + (isWhole ? "" : "; the input ends in the middle of the line");
    }

    private static @Nullable Object shown(JsonNode value) {
        return switch (value.getNodeType()) {
            case STRING -> value.stringValue();
            case BOOLEAN -> value.booleanValue();
            case NULL, MISSING -> null;
            case NUMBER ->
                    value.isIntegralNumber() ? value.asString() : digits(value.decimalValue());
            case ARRAY, OBJECT, BINARY, POJO -> SqlValues.json(value.toString());
        };
    }

    private static String digits(BigDecimal number) {
        return SqlValues.digits(number.doubleValue(), number.toString());
    }
}
