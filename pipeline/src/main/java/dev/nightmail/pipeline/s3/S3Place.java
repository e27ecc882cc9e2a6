package dev.nightmail.pipeline.s3;

import java.util.regex.Pattern;

/** Where an object is, or will be. */
public record S3Place(String bucket, String key) {

    public static final String SCHEME = "s3://";

    private static final Pattern FORM =
            Pattern.compile("s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/(.+)");

    /** Whether a name is meant to be one. */
    public static boolean isName(String name) {
        return name.startsWith(SCHEME);
    }

    /**
     * Reads {@code s3://bucket/key}.
     *
     * @throws IllegalArgumentException if it is not of that form
     */
    public static S3Place parse(String name) {
        var form = FORM.matcher(name);
        if (!form.matches()) {
            throw new IllegalArgumentException(
                    "must look like s3://bucket/key, with a bucket of 3 to 63 small letters, digits, dots and hyphens, not "
                            + name);
        }
        return new S3Place(form.group(1), form.group(2));
    }

    /** The last part of the key. */
    public String fileName() {
        return key.substring(key.lastIndexOf('/') + 1);
    }

    @Override
    public String toString() {
        return SCHEME + bucket + "/" + key;
    }
}
