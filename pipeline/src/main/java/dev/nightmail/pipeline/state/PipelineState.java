package dev.nightmail.pipeline.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The state of one pipeline, open for one run, or to be looked at. Threads may share it: what
 * several statements depend on belongs into one transaction.
 */
public final class PipelineState implements AutoCloseable {

    private static final String ID = "pipeline_id";
    private static final int ID_BYTES = 16;

    private final Sql sql;
    private final @Nullable Path file;
    private final @Nullable WorkFolder work;
    private final @Nullable RunLock lock;
    private final boolean isNew;
    private final CurrentPlan current = new CurrentPlan();
    private final Tallies tallies;
    private final RecordTable records;
    private final AnswerTable answers;
    private final PromptTable prompts;
    private final BatchTable batches;
    private boolean discarded;

    private PipelineState(
            Sql sql,
            @Nullable Path file,
            @Nullable WorkFolder work,
            @Nullable RunLock lock,
            boolean isNew) {
        this.sql = sql;
        this.file = file;
        this.work = work;
        this.lock = lock;
        this.isNew = isNew;
        this.tallies = new Tallies(sql);
        var followers = new Followers(sql, current, tallies);
        this.records = new RecordTable(sql, current, tallies, followers);
        this.answers = new AnswerTable(sql, current);
        this.prompts = new PromptTable(sql);
        this.batches = new BatchTable(sql, work, current, tallies, records, answers, followers);
        sql.aroundTransactions(() -> current.save(sql, tallies), tallies::forget);
    }

    /**
     * Opens a state file, making it if there is none.
     *
     * @throws RunUnderWayException if another run holds it
     * @throws StateException if it cannot be used
     */
    public static PipelineState open(Path file) {
        return open(file, Storage.REAL);
    }

    static PipelineState open(Path file, Storage storage) {
        var lock = lock(file);
        try {
            var isNew = isNothing(file);
            // SQLite takes an empty file for a new database, and gives those beside it its mode.
            PrivateFile.make(file);
            return opened(
                    storage,
                    "jdbc:sqlite:" + file,
                    file,
                    WorkFolder.of(file, storage),
                    lock,
                    isNew);
        } catch (IOException e) {
            lock.close();
            throw cannotWrite(file, e);
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /**
     * Opens a state to look at it as it is at this moment, also while a run is under way. Changes
     * and makes nothing; one of an earlier release is copied, and the copy migrated.
     *
     * @return empty if there is none yet
     * @throws StateException if it cannot be read
     */
    public static Optional<PipelineState> look(Path file) {
        if (isNothing(file)) {
            return Optional.empty();
        }
        var properties = new Properties();
        // SQLITE_OPEN_READWRITE without CREATE: a reader of a database in WAL mode needs its files
        // beside it.
        properties.setProperty("open_mode", "2");
        try {
            var connection = DriverManager.getConnection("jdbc:sqlite:" + file, properties);
            try {
                var sql = new Sql(connection);
                var version = StateSchema.version(sql);
                if (version == 0) {
                    connection.close();
                    return Optional.empty();
                }
                if (!StateSchema.isCurrent(version)) {
                    connection.close();
                    return Optional.of(copy(file));
                }
                sql.update("pragma query_only = on");
                // What is read from here on is of one moment.
                connection.setAutoCommit(false);
                var looked = new PipelineState(sql, file, WorkFolder.of(file), null, false);
                looked.records().resumeLatest();
                return Optional.of(looked);
            } catch (SQLException | RuntimeException e) {
                connection.close();
                throw e;
            }
        } catch (SQLException e) {
            throw new StateException("cannot read the state " + file + ": " + e.getMessage(), e);
        }
    }

    private static PipelineState copy(Path file) throws SQLException {
        var connection = DriverManager.getConnection("jdbc:sqlite:");
        try (var statement = connection.createStatement()) {
            statement.execute("restore from " + quoted(file.toString()));
            var sql = new Sql(connection);
            StateSchema.migrate(sql, null);
            var copied = new PipelineState(sql, file, null, null, false);
            copied.records().resumeLatest();
            return copied;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    /** Whether nothing of it can be changed. */
    public boolean isOnlyLookedAt() {
        return lock == null;
    }

    /** Whether there is a state at all. */
    public static boolean exists(Path file) {
        return !isNothing(file);
    }

    /** Whether a run of the pipeline with this state is under way. */
    public static boolean isRunUnderWay(Path file) {
        try {
            return RunLock.isHeld(file);
        } catch (IOException e) {
            throw new StateException("cannot look at the lock of " + file + ": " + e, e);
        }
    }

    /**
     * An empty state that leaves nothing behind: for looking ahead where nothing has been done yet.
     * On disk, in a file of its own.
     */
    public static PipelineState scratch() {
        // An empty name is SQLite's private temporary database: it spills to disk, and is gone when
        // it is closed.
        return opened(Storage.REAL, "jdbc:sqlite:", null, null, null, true);
    }

    /**
     * This run came to nothing: a state that it made itself goes with it when it is closed. One
     * that was there before stays.
     */
    public void discardIfNew() {
        discarded = isNew && file != null;
    }

    public RecordTable records() {
        return records;
    }

    /** All records by their custom ids; for one reading of the source. */
    public RecordIndex index() {
        return records.index(work);
    }

    /** Records by what they ask; for one reading of the source. */
    public RequestIndex requests() {
        return records.requests(work);
    }

    /** The files the pipeline wrote. */
    public OutputTable outputs() {
        return new OutputTable(sql, file);
    }

    /**
     * Whether the source is read as the release before this one did, since it made this state: read
     * otherwise, records would be asked, and paid for, again.
     */
    public boolean readsAsBefore() {
        return sql.number(
                        "select count(*) from setting where name = 'reading' and value = 'earlier'")
                > 0;
    }

    /** From now on the source is read as a new pipeline's would be. */
    public void readAsNew() {
        sql.update("delete from setting where name = 'reading'");
    }

    /** Whether answers were taken, or may have been, that no sink was written with yet. */
    public boolean holdsUnwrittenAnswers() {
        return sql.number("select count(*) from setting where name = 'answers'") > 0;
    }

    /** Notes whether it does; part of a transaction. */
    public void noteUnwrittenAnswers(boolean does) {
        sql.update(
                does
                        ? "insert into setting (name, value) values ('answers', 'unwritten') on conflict do nothing"
                        : "delete from setting where name = 'answers'");
    }

    /**
     * A number that rises with each change of records and answers: as long as it stays, a sink that
     * has all of them has all of them still.
     */
    public long rowsRevision() {
        return sql.number("select cast(value as integer) from setting where name = 'rows'");
    }

    /** The answers by number. */
    public AnswerTable answers() {
        return answers;
    }

    public PromptTable prompts() {
        return prompts;
    }

    /** How far the source was read, if it can be read from a position. */
    public SourcePosition sourcePosition() {
        return new SourcePosition(sql, records, current, tallies);
    }

    /**
     * Names this state, and no other one, in places outside of it.
     *
     * @param random draws the name when it is asked for the first time
     */
    public String id(RandomGenerator random) {
        var settings = new Settings(sql);
        return settings.value(ID)
                .orElseGet(() -> {
                    var bytes = new byte[ID_BYTES];
                    random.nextBytes(bytes);
                    var id = HexFormat.of().formatHex(bytes);
                    inTransaction(() -> settings.set(ID, id));
                    return id;
                });
    }

    public BatchTable batches() {
        return batches;
    }

    /**
     * The pilots of a prompt.
     *
     * @param endpoint identity of who answers them
     */
    public PilotBatches pilots(String promptVersion, String endpoint) {
        return new PilotBatches(sql, batches, current, promptVersion, endpoint);
    }

    /** Everything the work changes becomes durable together, or nothing does. */
    public void inTransaction(Runnable work) {
        sql.inTransaction(work);
    }

    @Override
    public void close() {
        try {
            if (lock != null && !discarded) {
                batches.clearWork();
            }
            sql.close();
            if (discarded && file != null) {
                delete(file);
                if (work != null) {
                    work.keepOnly(_ -> false);
                }
            }
        } finally {
            if (lock != null) {
                lock.close();
            }
        }
    }

    private static void delete(Path file) {
        try {
            for (var ending : List.of("-wal", "-shm", "")) {
                Files.deleteIfExists(file.resolveSibling(file.getFileName() + ending));
            }
        } catch (IOException e) {
            throw new StateException("cannot remove the state " + file + ": " + e, e);
        }
    }

    private static boolean isNothing(Path file) {
        try {
            return !Files.exists(file) || Files.size(file) == 0;
        } catch (IOException e) {
            throw new StateException("cannot read the state " + file + ": " + e, e);
        }
    }

    private static PipelineState opened(
            Storage storage,
            String url,
            @Nullable Path file,
            @Nullable WorkFolder work,
            @Nullable RunLock lock,
            boolean isNew) {
        try {
            var connection = storage.connect(url);
            try {
                prepare(connection);
                var sql = new Sql(connection);
                StateSchema.migrate(sql, work);
                return new PipelineState(sql, file, work, lock, isNew);
            } catch (SQLException | RuntimeException e) {
                connection.close();
                throw e;
            }
        } catch (SQLException e) {
            throw new StateException(
                    "cannot open the state " + (file == null ? "" : file) + ": " + e.getMessage(),
                    e);
        }
    }

    private static void prepare(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("pragma journal_mode = wal");
            statement.execute("pragma synchronous = full");
            statement.execute("pragma foreign_keys = on");
        }
    }

    private static RunLock lock(Path file) {
        try {
            return RunLock.take(file);
        } catch (IOException e) {
            throw cannotWrite(file, e);
        }
    }

    private static StateException cannotWrite(Path file, IOException e) {
        return new StateException(
                "cannot write beside the pipeline: " + file + ": " + e.getMessage(), e);
    }
}
