package dev.nightmail.upstream.json;

import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/** The one JSON factory of the adapters: streaming, strict. */
public final class StrictJson {

    /** Byte offsets are only true of UTF-8, and a byte order mark has no place in a result. */
    public static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .disable(TokenStreamFactory.Feature.CHARSET_DETECTION)
                    .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
                    .build();

    private StrictJson() {}

    public static JsonParser parser(byte[] json) {
        return parser(json, 0, json.length);
    }

    static JsonParser parser(byte[] json, int offset, int length) {
        return FACTORY.createParser(ObjectReadContext.empty(), json, offset, length);
    }
}
