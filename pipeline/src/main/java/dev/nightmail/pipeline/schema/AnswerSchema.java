package dev.nightmail.pipeline.schema;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Makes a validator of the schema that answers are held against. */
public final class AnswerSchema {

    /**
     * Reasons go into a prompt when a record is asked again; a schema with many complaints must not
     * crowd it out.
     */
    private static final int REASONS_MAX = 10;

    /** Keeps the schemas of schemas, one for each version: they are most of the work. */
    private static final SchemaRegistry DIALECTS = registry();

    private AnswerSchema() {}

    /**
     * What is wrong with a schema, a sentence each that goes on behind its name; none if nothing
     * is.
     */
    public static List<String> problems(JsonNode schema) {
        try {
            var version =
                    SpecificationVersion.fromSchemaNode(schema)
                            .orElse(SpecificationVersion.DRAFT_2020_12);
            var errors =
                    DIALECTS.getSchema(SchemaLocation.of(version.getDialectId())).validate(schema);
            if (!errors.isEmpty()) {
                return List.of(" is no JSON schema: " + reasons(errors));
            }
            // A keyword misspelt would be passed over, and every answer paid for before anybody
            // knew.
            var complaints = SchemaKeywords.complaints(schema);
            if (!complaints.isEmpty()) {
                return complaints.stream().map(complaint -> ": " + complaint).toList();
            }
            of(schema);
            return List.of();
        } catch (RuntimeException e) {
            // The library tells of patterns, references and dialects it cannot use in exceptions of
            // many kinds.
            return List.of(
                    " is no JSON schema: "
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse("unknown"));
        }
    }

    /** The validator of a schema without {@link #problems}. */
    public static Schema of(JsonNode schema) {
        var validator = registry().getSchema(schema);
        validator.initializeValidators();
        return validator;
    }

    private static SchemaRegistry registry() {
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    }

    /** Where in the JSON and what is wrong, each complaint once. */
    public static String reasons(List<Error> errors) {
        return errors.stream()
                .map(AnswerSchema::reason)
                .distinct()
                .limit(REASONS_MAX)
                .collect(Collectors.joining("; "));
    }

    private static String reason(Error error) {
        var place = String.valueOf(error.getInstanceLocation());
        return place.isEmpty() ? error.getMessage() : place + ": " + error.getMessage();
    }
}
