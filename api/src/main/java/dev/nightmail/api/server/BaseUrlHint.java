package dev.nightmail.api.server;

import dev.nightmail.api.wire.ApiError;

/** Says what is wrong with a client's base URL, where that is why its call leads nowhere. */
final class BaseUrlHint {

    private BaseUrlHint() {}

    /**
     * The path is one of ours with something in front of it.
     *
     * @param extra what is in front, such as {@code /antigravity} or {@code /v1}
     * @param path what would have been right
     * @param baseUrl by which this client reaches us
     */
    static ApiError extraInFront(String extra, String path, String baseUrl) {
        return ApiError.notFound(
                "there is nothing at this path, but at %s there is: set the client's base URL to %s, %s"
                        .formatted(path, baseUrl, without(extra)));
    }

    /**
     * The path has an empty part.
     *
     * @param path what would have been right
     */
    static ApiError gap(String path) {
        return ApiError.notFound(
                "there is nothing at this path, which has two slashes in a row, but at %s there is: look at how the client's base URL ends"
                        .formatted(path));
    }

    private static String without(String extra) {
        if (extra.equals("/")) {
            return "without a slash at its end";
        }
        if (extra.equals("/v1")) {
            return "without /v1, which clients add by themselves";
        }
        return "without %s, or set listen.path-prefix to %s on the server".formatted(extra, extra);
    }
}
