package dev.nightmail.pipeline.source;

import dev.nightmail.pipeline.s3.S3Place;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the files of a query lie, and what its author calls them.
 *
 * @param base where relative names start
 * @param copies of the objects that {@code s3://} names, in {@code BUCKET/KEY} below it; null: the
 *     query names none, or they are not here
 */
record QueryPlaces(Path base, @Nullable Path copies) {

    static QueryPlaces of(Path base) {
        return new QueryPlaces(base, null);
    }

    /** The copy of an object, or of those that a pattern stands for. */
    String copyOf(S3Place place) {
        return copies + "/" + place.bucket() + "/" + place.key();
    }

    boolean isCopy(String name) {
        return copies != null && name.startsWith(copies + "/");
    }

    /** A text in which files are called as the query calls them. */
    String shown(String text) {
        return base.getNameCount() == 0
                ? named(text)
                : named(text).replace(base + "/", "").replace(base.toString(), ".");
    }

    /** A text in which copies are called as their objects are. */
    String named(String text) {
        return copies == null ? text : text.replace(copies + "/", S3Place.SCHEME);
    }
}
