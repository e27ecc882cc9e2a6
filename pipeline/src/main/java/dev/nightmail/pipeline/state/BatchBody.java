package dev.nightmail.pipeline.state;

import dev.nightmail.pipeline.client.RequestBody;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The body of a batch, streamed out of the state: {@code {"requests":[…]}} with the members in
 * their order. It reads over connections of its own, since the thread that sends a body is not the
 * one that owns the state. Closing it frees those connections, also when a call broke off before
 * the end.
 */
final class BatchBody implements RequestBody, AutoCloseable {

    static final byte[] HEAD = "{\"requests\":[".getBytes(StandardCharsets.UTF_8);
    static final byte[] TAIL = "]}".getBytes(StandardCharsets.UTF_8);

    static final String MEMBERS =
            """
            select a.custom_id, p.params
              from attempt a join params p on p.params_id = a.params_id
             where a.batch_number = ?
             order by a.ordinal
            """;

    private final Path file;
    private final StoredBatch batch;
    private final List<Members> opened = new ArrayList<>();

    BatchBody(Path file, StoredBatch batch) {
        this.file = file;
        this.batch = batch;
    }

    @Override
    public long bytes() {
        return batch.bytes();
    }

    @Override
    public synchronized InputStream open() throws IOException {
        try {
            var members =
                    new Members(DriverManager.getConnection("jdbc:sqlite:" + file), batch.number());
            opened.add(members);
            return members;
        } catch (SQLException e) {
            throw new IOException("cannot read the batch from the state", e);
        }
    }

    @Override
    public synchronized void close() {
        opened.forEach(Members::close);
        opened.clear();
    }

    /** One member as it stands in the body, a comma before all but the first. */
    static byte[] line(boolean first, String customId, byte[] params) {
        // A custom_id needs no escaping: it holds letters, digits, _ and - only.
        var head =
                ((first ? "" : ",") + "{\"custom_id\":\"" + customId + "\",\"params\":")
                        .getBytes(StandardCharsets.UTF_8);
        var line = new byte[head.length + params.length + 1];
        System.arraycopy(head, 0, line, 0, head.length);
        System.arraycopy(params, 0, line, head.length, params.length);
        line[line.length - 1] = '}';
        return line;
    }

    static long lineBytes(boolean first, String customId, long paramsBytes) {
        return line(first, customId, new byte[0]).length + paramsBytes;
    }

    private static final class Members extends InputStream {
        private final Connection connection;
        private final ResultSet rows;
        private byte[] part = HEAD;
        private int position;
        private boolean first = true;
        private boolean ended;

        Members(Connection connection, int batchNumber) throws SQLException {
            this.connection = connection;
            var statement = connection.prepareStatement(MEMBERS);
            statement.closeOnCompletion();
            statement.setInt(1, batchNumber);
            this.rows = statement.executeQuery();
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public synchronized int read(byte[] buffer, int offset, int length) throws IOException {
            if (position == part.length && !next()) {
                return -1;
            }
            var read = Math.min(length, part.length - position);
            System.arraycopy(part, position, buffer, offset, read);
            position += read;
            return read;
        }

        private boolean next() throws IOException {
            if (ended) {
                return false;
            }
            try {
                if (rows.next()) {
                    part = line(first, rows.getString(1), rows.getBytes(2));
                    first = false;
                } else {
                    part = TAIL;
                    ended = true;
                }
                position = 0;
                return true;
            } catch (SQLException e) {
                throw new IOException("cannot read the batch from the state", e);
            }
        }

        @Override
        public synchronized void close() {
            try (connection) {
                rows.close();
            } catch (SQLException e) {
                throw Sql.failure(e);
            }
        }
    }
}
