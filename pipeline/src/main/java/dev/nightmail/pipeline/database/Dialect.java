package dev.nightmail.pipeline.database;

import dev.nightmail.pipeline.sink.Columns;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** How a kind of database is spoken to, where SQL alone does not settle it. */
enum Dialect {
    POSTGRESQL('"', 63) {
        @Override
        void prepare(Properties properties) {
            // The server takes a text for whatever the column is: no column is too special.
            properties.setProperty("stringtype", "unspecified");
            properties.setProperty("reWriteBatchedInserts", "true");
            properties.setProperty("ApplicationName", "nightmail");
            properties.setProperty("connectTimeout", "10");
            properties.setProperty("tcpKeepAlive", "true");
        }
    },
    MARIADB('`', 64) {
        @Override
        void prepare(Properties properties) {
            prepareMysql(properties);
        }
    },
    MYSQL('`', 64) {
        @Override
        void prepare(Properties properties) {
            prepareMysql(properties);
            // Without it the driver holds a whole result in memory.
            properties.setProperty("useCursorFetch", "true");
        }
    },
    SQLITE('"', 1000) {
        @Override
        void prepare(Properties properties) {
            properties.setProperty("busy_timeout", "10000");
        }
    },
    /** Read in plain JDBC; not written to. */
    OTHER('"', 1000) {
        @Override
        void prepare(Properties properties) {
            // Nothing is known of it.
        }
    };

    private static final Duration SILENCE_MAX = Duration.ofMinutes(2);

    private final char quote;
    private final int nameBytesMax;

    Dialect(char quote, int nameBytesMax) {
        this.quote = quote;
        this.nameBytesMax = nameBytesMax;
    }

    /** Adds what a connection needs. */
    abstract void prepare(Properties properties);

    /**
     * What a connection needs besides if its statements are short: a server that falls silent is
     * taken for gone after this long. A query that is read may compute for longer.
     */
    Properties forShortStatements() {
        var properties = new Properties();
        if (this == POSTGRESQL) {
            properties.setProperty("socketTimeout", String.valueOf(SILENCE_MAX.toSeconds()));
        } else if (isMysql()) {
            properties.setProperty("socketTimeout", String.valueOf(SILENCE_MAX.toMillis()));
        }
        return properties;
    }

    private static void prepareMysql(Properties properties) {
        properties.setProperty("connectTimeout", "10000");
        properties.setProperty("rewriteBatchedStatements", "true");
        properties.setProperty("tcpKeepAlive", "true");
    }

    /** What its URLs begin with, behind {@code jdbc:}. */
    String scheme() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What a name of a table or a column may have at most, in bytes of UTF-8. */
    int nameBytesMax() {
        return nameBytesMax;
    }

    boolean isMysql() {
        return this == MYSQL || this == MARIADB;
    }

    /** Whether Mood and mood are one column. */
    boolean ignoresCase() {
        return this != POSTGRESQL;
    }

    /** Whether a statement failed because there is no such table. */
    boolean isMissingTable(SQLException failure) {
        return this == SQLITE
                ? String.valueOf(failure.getMessage()).contains("no such table")
                : Set.of("42P01", "42S02").contains(String.valueOf(failure.getSQLState()));
    }

    String quoted(String name) {
        return quote + name.replace(String.valueOf(quote), String.valueOf(quote) + quote) + quote;
    }

    /** A table as it is named in the pipeline file: perhaps with its schema in front. */
    String quotedTable(String table) {
        return List.of(table.split("\\.", 2)).stream()
                .map(this::quoted)
                .collect(Collectors.joining("."));
    }

    /** Texts that are told apart byte by byte, short enough for a key. */
    String keyType() {
        return switch (this) {
            case MARIADB -> "varchar(500) character set utf8mb4 collate utf8mb4_nopad_bin";
            case MYSQL -> "varchar(500) character set utf8mb4 collate utf8mb4_0900_bin";
            case POSTGRESQL, SQLITE, OTHER -> "text";
        };
    }

    String type(Columns.Type type) {
        return switch (type) {
            case WHOLE_NUMBER -> "bigint";
            case NUMBER -> this == POSTGRESQL ? "double precision" : "double";
            case TRUTH -> "boolean";
            case TEXT, ANY -> isMysql() ? "longtext" : "text";
            // SQLite would make a number of a JSON number, and lose its digits.
            case JSON -> this == SQLITE ? "text" : "json";
        };
    }

    /** Inserts a row, or replaces the columns of the row that has its key. */
    String upsert(String table, String key, List<String> columns) {
        var names = new ArrayList<>(List.of(quoted(key)));
        columns.forEach(column -> names.add(quoted(column)));
        var insert =
                "insert into %s (%s) values (%s)"
                        .formatted(
                                quotedTable(table),
                                String.join(", ", names),
                                names.stream().map(_ -> "?").collect(Collectors.joining(", ")));
        if (isMysql()) {
            return insert
                    + " on duplicate key update "
                    + assignments(columns, name -> "values(" + name + ")");
        }
        return insert
                + " on conflict (%s) do update set ".formatted(quoted(key))
                + assignments(columns, name -> "excluded." + name);
    }

    /** Replaces the columns of the row that has its key; the key comes last. */
    String update(String table, String key, List<String> columns) {
        return "update %s set %s where %s = ?"
                .formatted(quotedTable(table), assignments(columns, _ -> "?"), quoted(key));
    }

    private String assignments(List<String> columns, UnaryOperator<String> value) {
        return columns.stream()
                .map(this::quoted)
                .map(name -> name + " = " + value.apply(name))
                .collect(Collectors.joining(", "));
    }
}
