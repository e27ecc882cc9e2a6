package dev.nightmail.hostile;

import org.jspecify.annotations.Nullable;

/**
 * What an endpoint sends.
 *
 * @param contentType null: none is said
 * @param missingBytes by how much the body is shorter than its {@code content-length} says, so that
 *     the connection breaks; 0: it is whole
 */
public record Reply(int status, @Nullable String contentType, String body, int missingBytes) {

    public Reply(int status, @Nullable String contentType, String body) {
        this(status, contentType, body, 0);
    }

    /** What stands in between says, whatever became of the call behind it. */
    public static Reply page(int status) {
        return new Reply(status, "text/html", "<html>\n<body>Please sign in</body>\n</html>\n");
    }

    /** An error in the service's own words. */
    public static Reply error(int status, String type) {
        return new Reply(
                status,
                "application/json",
                "{\"type\":\"error\",\"error\":{\"type\":\"%s\",\"message\":\"because\"},\"request_id\":\"req_1\"}"
                        .formatted(type));
    }
}
