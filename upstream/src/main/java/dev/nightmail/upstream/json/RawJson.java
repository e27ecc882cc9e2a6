package dev.nightmail.upstream.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.wire.json.StrictJson;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A JSON value, and the bytes it was written with. A number keeps its digits and a string its
 * escapes however often it is passed on, and a string of megabytes is never decoded unless somebody
 * asks for its value.
 */
public sealed interface RawJson {

    /** The value as it was written, quotes and brackets included. */
    Span span();

    /**
     * An object; of members with the same name the last one counts, as it does nearly everywhere.
     */
    record Members(Span span, Map<String, RawJson> members) implements RawJson {
        public Members {
            members = Collections.unmodifiableMap(members);
        }

        /** Not the names either: they may be a client's own. */
        @Override
        public String toString() {
            return "object of " + span;
        }

        /** The member of that name, if it is a string. */
        public @Nullable Text text(String name) {
            return members.get(name) instanceof Text text ? text : null;
        }

        /** The member of that name, if it is an object. */
        public @Nullable Members object(String name) {
            return members.get(name) instanceof Members object ? object : null;
        }

        /** What the list of that name holds; nothing if there is no list. */
        public List<RawJson> items(String name) {
            return members.get(name) instanceof Items list ? list.items() : List.of();
        }

        /**
         * The member of that name, if it is a whole number that is not negative, however it is
         * written ({@link WholeNumber}).
         */
        public OptionalLong count(String name) {
            if (!(members.get(name) instanceof Numeral number)) {
                return OptionalLong.empty();
            }
            var count = WholeNumber.of(number.text());
            return count.isPresent() && count.getAsLong() < 0 ? OptionalLong.empty() : count;
        }
    }

    record Items(Span span, List<RawJson> items) implements RawJson {
        public Items {
            items = Collections.unmodifiableList(items);
        }

        @Override
        public String toString() {
            return "list of " + span;
        }
    }

    record Text(Span span) implements RawJson {

        /** What stands between the quotes, escapes and all. */
        public Span inside() {
            return span.inside(1);
        }

        public boolean isEmpty() {
            return span.length() == 2;
        }

        /** The string itself, its escapes resolved. */
        public String value() {
            var inside = inside();
            for (int at = inside.from(); at < inside.to(); at++) {
                if (inside.bytes()[at] == '\\') {
                    return decoded();
                }
            }
            return new String(inside.bytes(), inside.from(), inside.length(), UTF_8);
        }

        private String decoded() {
            try (var json = StrictJson.parser(span.bytes(), span.from(), span.length())) {
                json.nextToken();
                return json.getString();
            }
        }
    }

    record Numeral(Span span) implements RawJson {

        /** Whether it is a whole number without fraction or exponent that fits a long. */
        public boolean isLong() {
            for (int at = span.from(); at < span.to(); at++) {
                byte c = span.bytes()[at];
                if (c != '-' && (c < '0' || c > '9')) {
                    return false;
                }
            }
            // All numbers of 18 digits fit; those of 19 that do are no token counts.
            return span.length() <= 18;
        }

        /**
         * @throws IllegalStateException if it is none ({@link #isLong})
         */
        public long longValue() {
            if (!isLong()) {
                throw new IllegalStateException("not a whole number");
            }
            return Long.parseLong(text());
        }

        /** As it is written. */
        String text() {
            return new String(span.bytes(), span.from(), span.length(), UTF_8);
        }
    }

    record Bool(Span span, boolean value) implements RawJson {}

    record Null(Span span) implements RawJson {}

    /**
     * Reads one value that fills all of these bytes but for white space.
     *
     * @param json kept and shared by what is returned: not to be written to any more
     * @return empty if they are not valid JSON, or nested deeper than 500 levels
     */
    static Optional<RawJson> parse(byte[] json) {
        return RawReader.read(json);
    }
}
