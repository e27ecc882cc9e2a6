package dev.nightmail.pipeline.state;

import java.util.Optional;

/** What a state knows of itself: a value by its name. */
final class Settings {

    private final Sql sql;

    Settings(Sql sql) {
        this.sql = sql;
    }

    Optional<String> value(String name) {
        return sql.first("select value from setting where name = ?", row -> row.getString(1), name);
    }

    void set(String name, String value) {
        sql.update(
                """
                insert into setting (name, value) values (?, ?)
                on conflict (name) do update set value = excluded.value
                """,
                name,
                value);
    }
}
