package dev.nightmail.pipeline.state;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/** What a state is kept in; a simulation has one that dies. */
interface Storage {

    Storage REAL =
            new Storage() {
                @Override
                public Connection connect(String url) throws SQLException {
                    return DriverManager.getConnection(url);
                }

                @Override
                public FileChannel create(Path file) throws IOException {
                    PrivateFile.make(file);
                    return FileChannel.open(
                            file, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
                }
            };

    Connection connect(String url) throws SQLException;

    /** An empty file of its owner alone, to be written from its beginning. */
    FileChannel create(Path file) throws IOException;
}
