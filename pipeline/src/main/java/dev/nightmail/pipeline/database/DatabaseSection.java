package dev.nightmail.pipeline.database;

import dev.nightmail.config.section.Key;
import dev.nightmail.config.section.Keys;
import dev.nightmail.config.section.Kinds;
import dev.nightmail.config.section.YamlSection;
import dev.nightmail.pipeline.paths.PathRule;
import org.jspecify.annotations.Nullable;

/** The keys that say which database, for sources and sinks alike. */
final class DatabaseSection {

    static final Key<String> URL =
            Key.of(
                            "url",
                            Kinds.text(),
                            "Where the database is: postgresql://…, mysql://…, mariadb://…, sqlite:FILE or jdbc:…; best as \"${VARIABLE}\".")
                    .required("give a text");
    private static final Key<String> USER =
            Key.of("user", Kinds.text(), "The user, where the URL names none.");
    private static final Key<String> PASSWORD =
            Key.of("password", Kinds.text(), "The user's password; best as \"${VARIABLE}\".");

    private DatabaseSection() {}

    /** These keys, with those of one kind between them. */
    static Keys with(Key<?>... own) {
        return Keys.of(URL).and(Keys.of(own)).and(Keys.of(USER, PASSWORD));
    }

    static @Nullable DatabaseUrl url(YamlSection database, PathRule paths) {
        var text = database.read(URL);
        var user = database.read(USER);
        var password = database.read(PASSWORD);
        if (text == null) {
            return null;
        }
        try {
            return DatabaseUrl.parse(text, paths.folder()).with(user, password);
        } catch (IllegalArgumentException e) {
            database.problem("url", String.valueOf(e.getMessage()));
            return null;
        }
    }
}
