package dev.nightmail.wire.json;

import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/** The one JSON factory of those who read what services say: streaming, strict. */
public final class StrictJson {

    /** Byte offsets are only true of UTF-8, and a byte order mark has no place in a result. */
    private static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .disable(TokenStreamFactory.Feature.CHARSET_DETECTION)
                    .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
                    .build();

    /** Deep enough for any answer, and no line of brackets fills the memory. */
    private static final int NESTING_MAX = 100_000;

    /** The same without bounds on what an answer holds: it is passed on, and not ours to limit. */
    private static final JsonFactory OF_ANY_SIZE =
            FACTORY.rebuild()
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(NESTING_MAX)
                                    .maxStringLength(Integer.MAX_VALUE)
                                    .maxNumberLength(Integer.MAX_VALUE)
                                    .maxNameLength(Integer.MAX_VALUE)
                                    .build())
                    .build();

    private StrictJson() {}

    /** For readers that go through it token by token, and recurse into nothing. */
    public static JsonParser parserOfAnySize(byte[] json) {
        return OF_ANY_SIZE.createParser(ObjectReadContext.empty(), json, 0, json.length);
    }

    public static JsonParser parser(byte[] json) {
        return parser(json, 0, json.length);
    }

    /** Of a part of the bytes. */
    public static JsonParser parser(byte[] json, int offset, int length) {
        return FACTORY.createParser(ObjectReadContext.empty(), json, offset, length);
    }
}
