package dev.nightmail.journal.format;

import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads JSON that lies in a log. Its sizes are not ours to limit: a request was measured when it
 * was taken in, and an upstream may answer what it likes.
 */
public final class StoredJson {

    private static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(Integer.MAX_VALUE)
                                    .maxStringLength(Integer.MAX_VALUE)
                                    .maxNumberLength(Integer.MAX_VALUE)
                                    .maxNameLength(Integer.MAX_VALUE)
                                    .build())
                    .build();

    private StoredJson() {}

    public static JsonParser parser(byte[] array, int offset, int length) {
        return FACTORY.createParser(ObjectReadContext.empty(), array, offset, length);
    }
}
