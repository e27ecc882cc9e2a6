package dev.nightmail.pipeline.database;

import dev.nightmail.pipeline.paths.PathRule;
import dev.nightmail.pipeline.yaml.YamlSection;
import org.jspecify.annotations.Nullable;

/** The keys that say which database, for sources and sinks alike. */
final class DatabaseSection {

    private DatabaseSection() {}

    static @Nullable DatabaseUrl url(YamlSection database, PathRule paths) {
        var text = database.requiredText("url");
        var user = database.text("user");
        var password = database.text("password");
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
