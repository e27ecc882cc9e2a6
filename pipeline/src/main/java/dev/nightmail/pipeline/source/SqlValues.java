package dev.nightmail.pipeline.source;

import java.math.BigDecimal;
import java.sql.Array;
import java.sql.Blob;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Struct;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import org.duckdb.DuckDBStruct;
import org.duckdb.JsonNode;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * DuckDB's values as plain ones a template can show: texts, numbers, booleans, lists, maps, null.
 * The same value gives the same text on every machine.
 */
public final class SqlValues {

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

    /** Beyond this many zeros a number is clearer with its exponent. */
    private static final int ZEROS_MAX = 20;

    /** From here on not every whole number is a {@code double}. */
    private static final double EXACT_MAX = 1L << 53;

    /** What no calendar reaches; DuckDB's infinite dates lie beyond. */
    private static final int YEAR_MAX = 290_000;

    private SqlValues() {}

    static @Nullable Object plain(ResultSet rows, int column, String name, Reading reading)
            throws SQLException {
        try {
            if (rows.getMetaData().getColumnType(column) == Types.TIMESTAMP) {
                // As java.sql.Timestamp it would pass through the machine's time zone, and shift
                // where that has gaps.
                var value = rows.getObject(column, LocalDateTime.class);
                return value == null ? null : dated(value, value.getYear(), name);
            }
            var value = rows.getObject(column);
            return reading == Reading.EARLIER ? Earlier.plain(value, name) : shown(value, name);
        } catch (DateTimeException _) {
            throw new UnusableValueException(
                    "column "
                            + name
                            + " holds a time of day that no clock shows, such as 24:00: cast it to text in the query ("
                            + name
                            + "::varchar)");
        }
    }

    /** What stands by itself in a column: a number is its digits. */
    private static @Nullable Object shown(@Nullable Object value, String name) throws SQLException {
        return switch (value) {
            case JsonNode json -> json(json.toString());
            case Double number -> {
                refuseInexactId(number, name);
                yield digits(number.doubleValue(), number.toString());
            }
            case Float number -> digits(number.doubleValue(), number.toString());
            case BigDecimal number -> number.toPlainString();
            case null, default -> plain(value, name);
        };
    }

    /**
     * JSON ids of which one has a point are all read as floating-point numbers; two large ones may
     * then be one.
     */
    private static void refuseInexactId(double number, String name) {
        if (name.equals("id") && Math.abs(number) >= EXACT_MAX) {
            throw new UnusableValueException(
                    "its id is too large for a number with a point, which the column was read as: write ids as texts, or read them as such with read_json(…, columns = {id: 'VARCHAR', …})");
        }
    }

    private static @Nullable Object plain(@Nullable Object value, String name) throws SQLException {
        return switch (value) {
            case null -> null;
            case Boolean flag -> flag;
            case Double number when !Double.isFinite(number) -> number.toString();
            case Float number when !Float.isFinite(number) -> number.toString();
            case Number number -> number;
            case String text -> text;
            case JsonNode json -> nested(json.toString());
            case LocalDate date -> dated(date, date.getYear(), name);
            case Timestamp time -> {
                var local = time.toLocalDateTime();
                yield dated(local, local.getYear(), name);
            }
            case OffsetDateTime time -> dated(time.toInstant(), time.getYear(), name);
            case Array array -> list(array, name);
            case DuckDBStruct struct -> map(struct.getMap(), name);
            case Map<?, ?> map -> map(map, name);
            case Struct _, Blob _, byte[] _ -> throw bytes(name);
            default -> value.toString();
        };
    }

    private static String dated(Object time, int year, String name) {
        if (Math.abs((long) year) > YEAR_MAX) {
            throw new UnusableValueException(
                    "column "
                            + name
                            + " holds an infinite date: leave such rows out, or cast it to text in the query ("
                            + name
                            + "::varchar)");
        }
        return time.toString();
    }

    /**
     * A number as plain digits, unless it is so far from one that an exponent is clearer.
     *
     * @param printed the shortest digits that give the number
     */
    public static String digits(double number, String printed) {
        var isFarFromOne =
                !Double.isFinite(number)
                        || (number != 0 && Math.abs(Math.log10(Math.abs(number))) > ZEROS_MAX);
        return isFarFromOne ? printed : new BigDecimal(printed).toPlainString();
    }

    /** A JSON text is its own text, a number its own digits; lists and objects can be walked. */
    public static @Nullable Object json(String json) {
        var value = nested(json);
        return value instanceof Number ? json.strip() : value;
    }

    private static @Nullable Object nested(String json) {
        try {
            return plain(JSON.readTree(json));
        } catch (JacksonException _) {
            return json;
        }
    }

    private static @Nullable Object plain(tools.jackson.databind.JsonNode json) {
        return switch (json.getNodeType()) {
            case NULL, MISSING -> null;
            case BOOLEAN -> json.booleanValue();
            case NUMBER -> json.numberValue();
            case STRING -> json.stringValue();
            case ARRAY -> {
                var list = new ArrayList<@Nullable Object>();
                json.values().forEach(element -> list.add(plain(element)));
                yield new JsonValue.OfList(list);
            }
            case OBJECT -> {
                var map = new LinkedHashMap<String, @Nullable Object>();
                json.properties()
                        .forEach(entry -> map.put(entry.getKey(), plain(entry.getValue())));
                yield new JsonValue.OfMap(map);
            }
            case BINARY, POJO -> json.toString();
        };
    }

    private static Object list(Array array, String name) throws SQLException {
        var list = new ArrayList<@Nullable Object>();
        for (var element : (@Nullable Object[]) array.getArray()) {
            list.add(plain(element, name));
        }
        return new JsonValue.OfList(list);
    }

    private static Object map(Map<?, ?> map, String name) throws SQLException {
        var plain = new LinkedHashMap<String, @Nullable Object>();
        for (var entry : map.entrySet()) {
            plain.put(String.valueOf(entry.getKey()), plain(entry.getValue(), name));
        }
        return new JsonValue.OfMap(plain);
    }

    private static SourceException bytes(String name) {
        return new SourceException(
                "source.sql: column " + name + " holds bytes: cast it to text in the query");
    }

    /** As releases before 0.2 showed values, for states that were made by one. */
    private static final class Earlier {

        static @Nullable Object plain(@Nullable Object value, String name) throws SQLException {
            return switch (value) {
                case null -> null;
                case Boolean flag -> flag;
                case BigDecimal number -> number.toPlainString();
                case Number number -> number;
                case String text -> text;
                case Array array -> list(array, name);
                case DuckDBStruct struct -> map(struct.getMap(), name);
                case Map<?, ?> map -> map(map, name);
                case Struct _, Blob _, byte[] _ -> throw bytes(name);
                default -> value.toString();
            };
        }

        private static Object list(Array array, String name) throws SQLException {
            var list = new ArrayList<@Nullable Object>();
            for (var element : (@Nullable Object[]) array.getArray()) {
                list.add(plain(element, name));
            }
            return list;
        }

        private static Object map(Map<?, ?> map, String name) throws SQLException {
            var plain = new LinkedHashMap<String, @Nullable Object>();
            for (var entry : map.entrySet()) {
                plain.put(String.valueOf(entry.getKey()), plain(entry.getValue(), name));
            }
            return plain;
        }
    }
}
