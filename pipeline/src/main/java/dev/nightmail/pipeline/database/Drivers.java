package dev.nightmail.pipeline.database;

import dev.nightmail.pipeline.natives.DuckDb;
import dev.nightmail.pipeline.natives.SqliteLibrary;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.ServiceLoader;

/**
 * The JDBC drivers: those on the class path, and those in jars that people put into a folder, since
 * their licences do not allow for shipping them here.
 */
final class Drivers {

    /** Names the folder; set by whoever starts the process. Without it there is none. */
    static final String FOLDER = "nightmail.drivers-folder";

    private Drivers() {}

    /**
     * @param more properties beside the account and what the dialect needs
     * @throws MissingDriverException naming the jar that is missing
     */
    static Connection connect(DatabaseUrl url, Properties more) throws SQLException {
        if (url.dialect() == Dialect.SQLITE) {
            SqliteLibrary.prepare();
        }
        if (url.jdbc().startsWith("jdbc:duckdb:")) {
            DuckDb.prepare();
        }
        for (var candidate : candidates(url)) {
            var driver = driver(candidate.jdbc());
            if (driver.isPresent()) {
                var properties = candidate.account();
                candidate.dialect().prepare(properties);
                properties.putAll(more);
                var connection = driver.get().connect(candidate.jdbc(), properties);
                if (connection != null) {
                    return connection;
                }
            }
        }
        throw new MissingDriverException(missing(url.dialect()));
    }

    /** The drivers of MariaDB and MySQL speak to each other's servers. */
    private static List<DatabaseUrl> candidates(DatabaseUrl url) {
        return switch (url.dialect()) {
            case MYSQL -> List.of(url, url.inDialect(Dialect.MARIADB));
            case MARIADB -> List.of(url, url.inDialect(Dialect.MYSQL));
            case POSTGRESQL, SQLITE, OTHER -> List.of(url);
        };
    }

    private static Optional<Driver> driver(String jdbc) throws SQLException {
        for (var driver : DriverManager.drivers().toList()) {
            if (driver.acceptsURL(jdbc)) {
                return Optional.of(driver);
            }
        }
        for (var driver : Added.DRIVERS) {
            if (driver.acceptsURL(jdbc)) {
                return Optional.of(driver);
            }
        }
        return Optional.empty();
    }

    private static String missing(Dialect dialect) {
        var jar =
                switch (dialect) {
                    case MARIADB ->
                            "the jar of MariaDB Connector/J (mariadb-java-client-….jar, LGPL)";
                    case MYSQL ->
                            "the jar of MySQL Connector/J (mysql-connector-j-….jar, GPL) or of MariaDB Connector/J (mariadb-java-client-….jar, LGPL)";
                    case POSTGRESQL -> "the jar of its JDBC driver (postgresql-….jar)";
                    case SQLITE -> "the jar of its JDBC driver (sqlite-jdbc-….jar)";
                    case OTHER -> "the jar of its JDBC driver";
                };
        var folder = System.getProperty(FOLDER);
        return "there is no driver for this kind of database: put "
                + jar
                + (folder == null ? " on the class path" : " into " + folder)
                + (dialect.isMysql()
                        ? "; its licence does not allow for shipping it with Nightmail"
                        : "");
    }

    /** Looked for once, and only if the others do not do. */
    private static final class Added {
        private static final List<Driver> DRIVERS = load();

        private static List<Driver> load() {
            var folder = System.getProperty(FOLDER);
            if (folder == null || !Files.isDirectory(Path.of(folder))) {
                return List.of();
            }
            var loader =
                    new URLClassLoader(
                            "drivers",
                            jars(Path.of(folder)).toArray(URL[]::new),
                            Drivers.class.getClassLoader());
            var drivers = new ArrayList<Driver>();
            for (var provider : ServiceLoader.load(Driver.class, loader).stream().toList()) {
                if (loader.equals(provider.type().getClassLoader())) {
                    drivers.add(provider.get());
                }
            }
            return drivers;
        }

        private static List<URL> jars(Path folder) {
            try (var files = Files.list(folder)) {
                var jars = new ArrayList<URL>();
                for (var file : files.sorted().toList()) {
                    if (file.toString().endsWith(".jar")) {
                        jars.add(url(file));
                    }
                }
                return jars;
            } catch (IOException e) {
                throw new MissingDriverException(
                        "cannot read the drivers in " + folder + ": " + e.getMessage());
            }
        }

        private static URL url(Path file) throws MalformedURLException {
            return file.toUri().toURL();
        }
    }
}
