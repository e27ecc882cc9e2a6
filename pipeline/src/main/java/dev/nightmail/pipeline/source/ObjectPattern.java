package dev.nightmail.pipeline.source;

import dev.nightmail.pipeline.s3.S3Failure;
import dev.nightmail.pipeline.s3.S3Object;
import dev.nightmail.pipeline.s3.S3Place;
import dev.nightmail.pipeline.s3.S3Store;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** The name of an object in S3, or a pattern of keys of one bucket. */
final class ObjectPattern {

    /** What no path on this machine can say. */
    private static final Pattern DETOUR = Pattern.compile("(^|/)(\\.{0,2})(/|$)");

    private final S3Place named;
    private final Pattern keys;

    private ObjectPattern(S3Place named, Pattern keys) {
        this.named = named;
        this.keys = keys;
    }

    /**
     * @throws SourceException if it is no {@code s3://bucket/key}
     */
    static ObjectPattern of(String name) {
        try {
            var named = S3Place.parse(name);
            if (DETOUR.matcher(named.key()).find()) {
                throw new SourceException(
                        "source.sql: %s has \".\", \"..\" or nothing between two slashes, or ends with one: name keys without, or *.csv for all that a folder has"
                                .formatted(name));
            }
            return new ObjectPattern(named, Globs.pattern(named.key(), false));
        } catch (PatternSyntaxException e) {
            throw new SourceException(
                    "source.sql: " + name + " is not a pattern: " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new SourceException("source.sql: " + e.getMessage(), e);
        }
    }

    S3Place named() {
        return named;
    }

    boolean matches(String place) {
        var bucket = S3Place.SCHEME + named.bucket() + "/";
        return place.startsWith(bucket) && keys.matcher(place.substring(bucket.length())).matches();
    }

    /**
     * What it stands for now.
     *
     * @throws SourceException if that is nothing, or cannot be told
     */
    List<S3Object> find(S3Store store) {
        var fixed = named.key().substring(0, Globs.firstChoice(named.key()));
        try {
            var found = store.list(named, fixed, this::isWanted);
            if (found.isEmpty()) {
                throw new SourceException(
                        fixed.equals(named.key())
                                ? "source.sql: there is no object %s in the bucket: look for its name with \"aws s3 ls\""
                                        .formatted(named)
                                : "source.sql: no object matches %s: * stays within a folder, ** stands for any folders or none"
                                        .formatted(named));
            }
            return found;
        } catch (S3Failure e) {
            throw new SourceException("source.sql: " + e.getMessage(), e);
        }
    }

    private boolean isWanted(String key) {
        // Programs that show folders make empty objects for them.
        return !key.endsWith("/") && keys.matcher(key).matches();
    }
}
