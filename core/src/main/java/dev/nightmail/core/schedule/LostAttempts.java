package dev.nightmail.core.schedule;

import dev.nightmail.core.json.JsonBytes;

/** What a request is told whose last attempt came to no end that anybody heard of. */
public final class LostAttempts {

    /** Constant, so that nobody has to write JSON here. */
    public static final JsonBytes ERROR =
            JsonBytes.of(
                    """
                    {"type":"error","error":{"type":"api_error",\
                    "message":"each attempt at this request was cut off before its outcome was known: \
                    the server stopped, or the call never came back"},"request_id":null}\
                    """);

    private LostAttempts() {}
}
