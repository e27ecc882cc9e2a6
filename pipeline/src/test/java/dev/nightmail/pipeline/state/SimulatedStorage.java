package dev.nightmail.pipeline.state;

import dev.nightmail.pipeline.simulation.Defect;
import dev.nightmail.pipeline.simulation.Life;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The storage of one process: real tables and files, with a point before and after each commit and
 * each flush. Once the process is dead nothing reaches them any more.
 */
public final class SimulatedStorage implements Storage {

    private final Life life;
    private final Defect defect;

    /** How much of each file of this process is on stable storage; negative: not even its name. */
    private final Map<Path, Long> flushed = new TreeMap<>();

    public SimulatedStorage(Life life, Defect defect) {
        this.life = life;
        this.defect = defect;
    }

    public PipelineState open(Path file) {
        return PipelineState.open(file, this);
    }

    /** What was not flushed is lost in part. */
    public void losePower(RandomGenerator random) {
        flushed.forEach((path, durable) -> {
            try {
                if (!Files.exists(path)) {
                    return;
                }
                if (durable < 0 && random.nextInt(3) == 0) {
                    Files.delete(path);
                    return;
                }
                long least = Math.max(0, durable);
                try (var channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
                    if (channel.size() > least) {
                        channel.truncate(random.nextLong(least, channel.size()));
                        if (channel.size() > least && random.nextInt(3) == 0) {
                            channel.write(ByteBuffer.wrap(new byte[] {0}), channel.size() - 1);
                        }
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    // Tables

    @Override
    public Connection connect(String url) throws SQLException {
        var real = DriverManager.getConnection(url);
        if (defect == Defect.FORGETS_DOUBT) {
            tamper(
                    real,
                    "update batch set state = 'prepared', intended_at = null where state = 'intended'");
        }
        if (defect == Defect.FORGETS_PILOT) {
            tamper(real, "delete from setting where name like 'pilot %'");
        }
        return proxy(Connection.class, new OfConnection(real));
    }

    private static void tamper(Connection real, String update) {
        try (var statement = real.createStatement()) {
            statement.executeUpdate(update);
        } catch (SQLException _) {
            // There are no tables yet.
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static @Nullable Object call(
            Object target, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    private final class OfConnection implements InvocationHandler {
        private final Connection real;

        OfConnection(Connection real) {
            this.real = real;
        }

        @Override
        public @Nullable Object invoke(
                Object proxy, Method method, @Nullable Object @Nullable [] arguments)
                throws Throwable {
            return switch (method.getName()) {
                case "commit" -> {
                    life.point("commit");
                    real.commit();
                    life.point("committed");
                    yield null;
                }
                case "setAutoCommit" -> {
                    life.inTransaction(
                            arguments != null
                                    && Boolean.FALSE.equals(arguments[0])
                                    && !life.isDead());
                    yield call(real, method, arguments);
                }
                case "close" -> {
                    if (!real.getAutoCommit()) {
                        real.rollback();
                    }
                    real.close();
                    if (life.isDead()) {
                        // What the process would clean up afterwards stays.
                        life.point("closed");
                    }
                    yield null;
                }
                case "prepareStatement" -> {
                    var sql = String.valueOf(arguments == null ? "" : arguments[0]);
                    yield proxy(
                            PreparedStatement.class,
                            new OfStatement(real, (Statement) call(real, method, arguments), sql));
                }
                case "createStatement" ->
                        proxy(
                                Statement.class,
                                new OfStatement(
                                        real, (Statement) call(real, method, arguments), ""));
                default -> call(real, method, arguments);
            };
        }
    }

    private final class OfStatement implements InvocationHandler {
        private final Connection connection;
        private final Statement real;
        private final String sql;

        OfStatement(Connection connection, @Nullable Statement real, String sql) {
            this.connection = connection;
            this.real = java.util.Objects.requireNonNull(real);
            this.sql = sql.strip();
        }

        @Override
        public @Nullable Object invoke(
                Object proxy, Method method, @Nullable Object @Nullable [] arguments)
                throws Throwable {
            return switch (method.getName()) {
                case "execute" -> {
                    var text = String.valueOf(arguments == null ? "" : arguments[0]);
                    // Only the machine could lose what SQLite hands to it, and it does not die.
                    yield real.execute(text.replace("synchronous = full", "synchronous = off"));
                }
                case "executeUpdate" -> update(method, arguments);
                case "executeQuery" -> {
                    if (life.isDead()) {
                        life.point("query");
                    }
                    yield call(real, method, arguments);
                }
                default -> call(real, method, arguments);
            };
        }

        private @Nullable Object update(Method method, @Nullable Object @Nullable [] arguments)
                throws Throwable {
            if (defect == Defect.FORGETS_TO_TAKE_BACK
                    && sql.startsWith("update batch set state = 'prepared', idempotency_key")) {
                return 1;
            }
            if ((defect == Defect.FORGETS_SUPERSEDED
                            && sql.startsWith("insert or replace into superseded"))
                    || (defect == Defect.FORGETS_FOLLOWERS
                            && sql.startsWith("insert or replace into following"))) {
                return 1;
            }
            if (defect == Defect.CHARGES_A_GROUP_TWICE && sql.startsWith("insert into spent")) {
                call(real, method, arguments);
            }
            if (!connection.getAutoCommit()) {
                if (life.isDead()) {
                    life.point("update");
                }
                return call(real, method, arguments);
            }
            life.point("update");
            var rows = call(real, method, arguments);
            life.point("updated");
            return rows;
        }
    }

    // Files

    @Override
    public FileChannel create(Path file) throws IOException {
        life.point("create " + file.getFileName());
        var real = Storage.REAL.create(file);
        flushed.put(file, -1L);
        return new Channel(file, real);
    }

    /** Written from its beginning to its end, flushed once. */
    private final class Channel extends FileChannel {
        private final Path path;
        private final FileChannel real;

        Channel(Path path, FileChannel real) {
            this.path = path;
            this.real = real;
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            if (life.isDead()) {
                life.point("write");
            }
            return real.write(source);
        }

        @Override
        public void force(boolean metaData) throws IOException {
            life.point("flush " + path.getFileName());
            if (defect != Defect.DOES_NOT_FLUSH) {
                flushed.put(path, real.size());
            }
            life.point("flushed");
        }

        @Override
        protected void implCloseChannel() throws IOException {
            real.close();
        }

        @Override
        public int read(ByteBuffer target) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long read(ByteBuffer[] targets, int offset, int length) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long write(ByteBuffer[] sources, int offset, int length) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long position() {
            throw new UnsupportedOperationException();
        }

        @Override
        public FileChannel position(long to) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long size() {
            throw new UnsupportedOperationException();
        }

        @Override
        public FileChannel truncate(long size) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long transferTo(long position, long count, WritableByteChannel target) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long transferFrom(ReadableByteChannel source, long position, long count) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int read(ByteBuffer target, long position) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int write(ByteBuffer source, long position) {
            throw new UnsupportedOperationException();
        }

        @Override
        public MappedByteBuffer map(MapMode mode, long position, long size) {
            throw new UnsupportedOperationException();
        }

        @Override
        public FileLock lock(long position, long size, boolean shared) {
            throw new UnsupportedOperationException();
        }

        @Override
        public FileLock tryLock(long position, long size, boolean shared) {
            throw new UnsupportedOperationException();
        }
    }
}
