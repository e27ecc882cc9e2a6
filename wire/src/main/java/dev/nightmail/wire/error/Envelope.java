package dev.nightmail.wire.error;

/** In which form an error's words came. */
public enum Envelope {
    /** {@code {"type":"error","error":{"type":…,"message":…}}}: the Messages API's own. */
    MESSAGES_API,
    /**
     * {@code {"error":{"message":…}}}, a JSON list of one such, or an object of its own that says
     * it is an error or has a message with a type or a code: the OpenAI family.
     */
    ERROR_OBJECT,
    /** {@code {"error":"text"}}: Ollama, TGI, xAI, LM Studio. */
    ERROR_TEXT,
    /** {@code {"detail":…}}: FastAPI, and problem details of RFC 9457. */
    DETAIL,
    /** {@code {"message":…}} and nothing more: API gateways, Amazon Bedrock. */
    MESSAGE,
    /** Plain text. */
    TEXT,
    /** A page. */
    MARKUP,
    /** JSON without words of an error, an empty body, or bytes that are no text. */
    NONE;

    /**
     * Whether an API speaks in this form, so that the service itself refused. The other forms are
     * those of web frameworks, gateways and proxies as well.
     */
    public boolean isOfAnApi() {
        return this == MESSAGES_API || this == ERROR_OBJECT || this == ERROR_TEXT;
    }
}
