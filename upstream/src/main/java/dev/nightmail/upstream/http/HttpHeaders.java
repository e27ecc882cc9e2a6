package dev.nightmail.upstream.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;

/** Header fields in the order they stand; names in lower case, a name may repeat. */
public record HttpHeaders(List<Field> fields) {

    public static final HttpHeaders NONE = new HttpHeaders(List.of());

    public record Field(String name, String value) {}

    public HttpHeaders {
        fields = List.copyOf(fields);
    }

    /** The first value of a header. */
    public Optional<String> first(String lowerCaseName) {
        for (var field : fields) {
            if (field.name().equals(lowerCaseName)) {
                return Optional.of(field.value());
            }
        }
        return Optional.empty();
    }

    /** All values of a header as one list; empty if it is not there. */
    String joined(String lowerCaseName) {
        var values = new StringJoiner(",");
        for (var field : fields) {
            if (field.name().equals(lowerCaseName)) {
                values.add(field.value());
            }
        }
        return values.toString();
    }

    public HttpHeaders with(String lowerCaseName, String value) {
        var all = new ArrayList<Field>(fields.size() + 1);
        all.addAll(fields);
        all.add(new Field(lowerCaseName, value));
        return new HttpHeaders(all);
    }
}
