package dev.nightmail.pipeline.database;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Where a database is, from a URL as people have them. User and password are taken out of it, so
 * that what is left can be shown, and what a driver says of it, too.
 */
final class DatabaseUrl {

    static final String EXAMPLES =
            "postgresql://user:password@host/database, mysql://…, mariadb://…, sqlite:FILE or jdbc:…";

    private static final String HIDDEN = "***";

    private final Dialect dialect;
    private final String jdbc;
    private final String shown;
    private final @Nullable String user;
    private final @Nullable String password;

    private DatabaseUrl(
            Dialect dialect,
            String jdbc,
            String shown,
            @Nullable String user,
            @Nullable String password) {
        this.dialect = dialect;
        this.jdbc = jdbc;
        this.shown = shown;
        this.user = user;
        this.password = password;
    }

    /**
     * @param folder where the path of a SQLite file starts
     * @throws IllegalArgumentException in words that show nothing of the URL but its kind
     */
    static DatabaseUrl parse(String text, Path folder) {
        var url = text.strip();
        var lower = url.toLowerCase(Locale.ROOT);
        if (lower.startsWith("jdbc:")) {
            return ofJdbc(url, folder);
        }
        if (lower.startsWith("sqlite:")) {
            return ofSqlite(url.substring("sqlite:".length()), folder);
        }
        var separator = url.indexOf("://");
        if (separator < 0) {
            throw new IllegalArgumentException("is no URL of a database: give " + EXAMPLES);
        }
        // As in postgresql+psycopg2://: other languages name their driver in it.
        var scheme = lower.substring(0, separator).replaceFirst("\\+.*", "");
        var rest = url.substring(separator + "://".length());
        return switch (scheme) {
            case "postgres", "postgresql" -> ofServer(Dialect.POSTGRESQL, rest);
            case "mysql" -> ofServer(Dialect.MYSQL, rest);
            case "mariadb" -> ofServer(Dialect.MARIADB, rest);
            default ->
                    throw new IllegalArgumentException(
                            "names a kind of database that is not known: give " + EXAMPLES);
        };
    }

    private static DatabaseUrl ofServer(Dialect dialect, String rest) {
        var end = rest.indexOf('?');
        var main = end < 0 ? rest : rest.substring(0, end);
        var parameters = end < 0 ? "" : rest.substring(end + 1);
        // A password may hold what should have been escaped: the last @ is the one that counts.
        var at = main.lastIndexOf('@');
        var account = at < 0 ? "" : main.substring(0, at);
        var place = main.substring(at + 1);
        var colon = account.indexOf(':');
        var user = colon < 0 ? account : account.substring(0, colon);
        var password = colon < 0 ? "" : account.substring(colon + 1);
        if (place.startsWith("/") || place.isEmpty()) {
            place = "localhost" + place;
        }
        if (!place.contains("/")) {
            place += "/";
        }
        return build(
                dialect,
                dialect.scheme() + "://" + place,
                parameters,
                "?",
                user.isEmpty() ? null : decoded(user),
                password.isEmpty() ? null : decoded(password));
    }

    /** As its driver reads it; only who and with which password is taken out. */
    private static DatabaseUrl ofJdbc(String url, Path folder) {
        var rest = url.substring("jdbc:".length());
        var lower = rest.toLowerCase(Locale.ROOT);
        if (lower.startsWith("sqlite:")) {
            return ofSqlite(rest.substring("sqlite:".length()), folder);
        }
        var dialect =
                lower.startsWith("postgresql:")
                        ? Dialect.POSTGRESQL
                        : lower.startsWith("mariadb:")
                                ? Dialect.MARIADB
                                : lower.startsWith("mysql:") ? Dialect.MYSQL : Dialect.OTHER;
        var semicolons = rest.indexOf('?') < 0 && rest.indexOf(';') >= 0;
        var begin = semicolons ? rest.indexOf(';') : rest.indexOf('?');
        var main = begin < 0 ? rest : rest.substring(0, begin);
        var parameters = begin < 0 ? "" : rest.substring(begin + 1);
        var slashes = main.indexOf("://");
        var at = main.lastIndexOf('@');
        if (slashes >= 0 && at > slashes) {
            var account = main.substring(slashes + 3, at);
            var colon = account.indexOf(':');
            return build(
                    dialect,
                    main.substring(0, slashes + 3) + main.substring(at + 1),
                    parameters,
                    semicolons ? ";" : "?",
                    decoded(colon < 0 ? account : account.substring(0, colon)),
                    colon < 0 ? null : decoded(account.substring(colon + 1)));
        }
        if (at > 0) {
            // As in jdbc:oracle:thin:user/password@host.
            var begins = main.lastIndexOf(':', at) + 1;
            var account = main.substring(begins, at);
            var slash = account.indexOf('/');
            return build(
                    dialect,
                    main.substring(0, begins) + main.substring(at),
                    parameters,
                    semicolons ? ";" : "?",
                    slash < 0 ? account : account.substring(0, slash),
                    slash < 0 ? null : account.substring(slash + 1));
        }
        return build(dialect, main, parameters, semicolons ? ";" : "?", null, null);
    }

    private static DatabaseUrl build(
            Dialect dialect,
            String main,
            String parameters,
            String separator,
            @Nullable String user,
            @Nullable String password) {
        var kept = new ArrayList<String>();
        var foundUser = user;
        var foundPassword = password;
        for (var parameter : List.of(parameters.split("[&;]"))) {
            var name = parameter.replaceFirst("=.*", "").toLowerCase(Locale.ROOT);
            var value =
                    decoded(parameter.substring(Math.min(parameter.length(), name.length() + 1)));
            if (name.equals("user") || name.equals("username")) {
                foundUser = value;
            } else if (name.equals("password")) {
                foundPassword = value;
            } else if (!parameter.isEmpty()) {
                kept.add(parameter);
            }
        }
        var joined = String.join(separator.equals(";") ? ";" : "&", kept);
        return new DatabaseUrl(
                dialect,
                "jdbc:" + main + (joined.isEmpty() ? "" : separator + joined),
                // Parameters may hold other secrets, such as the password of a key file.
                main,
                foundUser,
                foundPassword);
    }

    private static DatabaseUrl ofSqlite(String rest, Path folder) {
        // sqlite:///data.db is relative and sqlite:////data.db is not, as other tools have it.
        var named = rest.startsWith("///") ? rest.substring(3) : rest;
        if (named.startsWith("//")) {
            named = named.substring(2);
        }
        var end = named.indexOf('?');
        var file = end < 0 ? named : named.substring(0, end);
        if (file.isBlank() || file.startsWith(":")) {
            throw new IllegalArgumentException("names no file: give sqlite:FILE");
        }
        var path = folder.resolve(file).normalize();
        return new DatabaseUrl(Dialect.SQLITE, "jdbc:sqlite:" + path, "sqlite:" + file, null, null);
    }

    private static String decoded(String text) {
        try {
            // A plus is a plus here: only what follows a percent sign is decoded.
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            return text;
        }
    }

    /** The same with an account that stands beside the URL. */
    DatabaseUrl with(@Nullable String otherUser, @Nullable String otherPassword) {
        return new DatabaseUrl(
                dialect,
                jdbc,
                shown,
                otherUser == null ? user : otherUser,
                otherPassword == null ? password : otherPassword);
    }

    /** The same for another driver that speaks to the same server. */
    DatabaseUrl inDialect(Dialect other) {
        return new DatabaseUrl(
                other,
                jdbc.replaceFirst("^jdbc:[a-z]+:", "jdbc:" + other.scheme() + ":"),
                shown,
                user,
                password);
    }

    Dialect dialect() {
        return dialect;
    }

    /** For a driver; without user and password. */
    String jdbc() {
        return jdbc;
    }

    /** The file of a SQLite database. */
    Path file() {
        return Path.of(jdbc.substring("jdbc:sqlite:".length()));
    }

    /** User and password, for a driver. */
    Properties account() {
        var account = new Properties();
        if (user != null) {
            account.setProperty("user", user);
        }
        if (password != null) {
            account.setProperty("password", password);
        }
        return account;
    }

    /** Words of a driver without the password, should they hold it. */
    String withoutSecrets(String words) {
        return password == null || password.isBlank() ? words : words.replace(password, HIDDEN);
    }

    /** Without user, password and parameters. */
    @Override
    public String toString() {
        return shown;
    }
}
