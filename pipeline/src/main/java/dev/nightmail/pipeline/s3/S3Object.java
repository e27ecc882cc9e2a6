package dev.nightmail.pipeline.s3;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An object as a listing tells of it.
 *
 * @param eTag changes with the content; null where a server has none
 */
public record S3Object(S3Place place, long size, @Nullable String eTag, Instant changed) {

    private static final Pattern MD5 = Pattern.compile("\"?([0-9a-fA-F]{32})\"?");

    /** Another content has another one. */
    public String version() {
        return size + " " + (eTag == null ? changed : eTag);
    }

    /** The hash of its bytes, if its ETag looks like one: that of an object in parts does not. */
    Optional<String> md5() {
        var form = MD5.matcher(eTag == null ? "" : eTag);
        return form.matches()
                ? Optional.of(form.group(1).toLowerCase(Locale.ROOT))
                : Optional.empty();
    }
}
