package dev.nightmail.pipeline.source;

import java.util.Locale;

/** Names of files that are not on this machine. */
final class RemotePath {

    private RemotePath() {}

    /**
     * @throws SourceException if a name begins with a scheme such as {@code https://}
     */
    static void refuse(String key, String name) {
        if (!name.contains("://")) {
            return;
        }
        throw new SourceException(
                name.toLowerCase(Locale.ROOT).startsWith("s3://")
                        ? "%s: s3:// is read by sql only: write sql: \"select filename as id, content as text from read_text('%s')\", or copy it into the pipeline's folder first, as with \"aws s3 cp\""
                                .formatted(key, name)
                        : "%s: %s is not fetched: a source reads files, so download it into the pipeline's folder first"
                                .formatted(key, name));
    }
}
