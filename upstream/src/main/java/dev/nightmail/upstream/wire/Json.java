package dev.nightmail.upstream.wire;

import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/** The one JSON factory of this package: streaming, strict. */
final class Json {

    /** Byte offsets are only true of UTF-8, and a byte order mark has no place in a result. */
    static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .disable(TokenStreamFactory.Feature.CHARSET_DETECTION)
                    .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
                    .build();

    private Json() {}

    static JsonParser parser(byte[] json) {
        return FACTORY.createParser(ObjectReadContext.empty(), json);
    }
}
