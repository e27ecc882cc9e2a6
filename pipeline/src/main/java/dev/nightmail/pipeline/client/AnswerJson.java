package dev.nightmail.pipeline.client;

import dev.nightmail.wire.json.ByteOrderMark;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Answers that are read whole, as JSON. */
final class AnswerJson {

    private AnswerJson() {}

    /**
     * @param body with or without a byte order mark in front
     * @throws JacksonException if it is no JSON
     */
    static JsonNode of(byte[] body) {
        return JsonMapper.shared().readTree(ByteOrderMark.without(body));
    }
}
