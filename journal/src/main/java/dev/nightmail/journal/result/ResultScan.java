package dev.nightmail.journal.result;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.request.CustomId;
import dev.nightmail.core.result.ResultType;
import dev.nightmail.core.usage.Billing;
import dev.nightmail.journal.disk.DiskFile;
import dev.nightmail.journal.format.LineReader;
import dev.nightmail.journal.request.FileRequestLog;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what a result log holds, without changing it.
 *
 * <p>An index record is only ever written when its line is on stable storage, and lines are flushed
 * in the order they were written. So everything before the end of the last line that the index
 * speaks of was durable once: what is wrong there is <em>damage</em>, is left as it is, and is
 * reported; no crash does that, so the lines that have a record are not read here, but by {@link
 * LineChecker} when there is time. What lies behind it was being written when the power went:
 *
 * <ul>
 *   <li>whole lines of our own form are <em>adopted</em>: they may have been acknowledged, if only
 *       the index records were lost;
 *   <li>from the first that is not, the rest is a torn write and is to be <em>cut off</em>: nothing
 *       of it was acknowledged, since a group is acknowledged only when all of it is durable.
 * </ul>
 *
 * <p>An index without its header was lost as a whole, which no crash does; then nothing tells torn
 * from damaged, and the rest is cut off only behind the last whole line.
 */
final class ResultScan {

    private final BatchId batch;
    private final FileRequestLog requests;
    private final DiskFile log;
    private final ResultIndex index;
    private final Instant adoptedAt;

    private final List<ResultEntry> known = new ArrayList<>();
    private final List<ResultEntry> adopted = new ArrayList<>();
    private final List<String> damages = new ArrayList<>();
    private final BitSet settled = new BitSet();
    private boolean indexIsSound;
    private @Nullable Map<CustomId, Integer> unsettled;
    private @Nullable Map<Integer, Billing> billings;

    /**
     * @param adoptedAt stands for the time at which adopted lines settled, which they do not tell
     */
    ResultScan(
            BatchId batch,
            FileRequestLog requests,
            DiskFile log,
            ResultIndex index,
            Instant adoptedAt) {
        this.batch = batch;
        this.requests = requests;
        this.log = log;
        this.index = index;
        this.adoptedAt = adoptedAt;
        this.indexIsSound = index.isWhole();
    }

    /**
     * @param known what the index says
     * @param adopted what it does not say yet
     * @param settled the requests of both
     * @param indexIsSound whether appending {@code adopted} is all the index needs
     * @param end where the log is to be cut off
     */
    record Found(
            List<ResultEntry> known,
            List<ResultEntry> adopted,
            BitSet settled,
            List<String> damages,
            boolean indexIsSound,
            long end) {}

    Found scan() throws IOException {
        long length = log.length();
        checkKnown(length);
        long position = 0;
        for (var entry : List.copyOf(known)) {
            if (!entry.isLost()) {
                scanGap(position, entry.line().offset());
                position = Math.max(position, entry.line().end());
            }
        }
        long end = scanTail(position, length);
        return new Found(known, adopted, settled, damages, indexIsSound, end);
    }

    private void checkKnown(long length) {
        var inOrder = new ArrayList<>(index.entries());
        inOrder.sort(Comparator.comparingLong(entry -> entry.line().offset()));
        for (var entry : inOrder) {
            if (settled.get(entry.number())) {
                indexIsSound = false;
                damages.add(entry.describe(batch, "is in the index twice"));
                continue;
            }
            settled.set(entry.number());
            known.add(checked(entry, length));
        }
    }

    private ResultEntry checked(ResultEntry entry, long length) {
        if (entry.isLost()) {
            damages.add(entry.describe(batch, "is lost: results.jsonl was cut short before"));
            return entry;
        }
        if (entry.line().end() > length) {
            // New lines will be written where this one was. Its record must not speak of them.
            indexIsSound = false;
            damages.add(entry.describe(batch, "is lost: results.jsonl ends at " + length));
            return entry.lost();
        }
        return entry;
    }

    /** Lines the index has lost the records of, between others that it knows. */
    private void scanGap(long from, long to) throws IOException {
        if (from >= to) {
            return;
        }
        indexIsSound = false;
        var lines = new LineReader(log, from, to);
        long position = from;
        while (lines.next()) {
            if (!adopt(lines)) {
                damages.add(describe(lines.offset()));
            }
            position = lines.offset() + lines.length();
        }
        if (position < to) {
            damages.add(describe(position));
        }
    }

    private long scanTail(long from, long to) throws IOException {
        long end = from;
        var unreadable = new ArrayList<String>();
        var lines = new LineReader(log, from, to);
        while (lines.next()) {
            if (adopt(lines)) {
                damages.addAll(unreadable);
                unreadable.clear();
                end = lines.offset() + lines.length();
            } else if (index.hasHeader()) {
                break;
            } else {
                unreadable.add(describe(lines.offset()));
            }
        }
        return end;
    }

    /** Adopts the current line, if it is the result of a request that has none yet. */
    private boolean adopt(LineReader lines) throws IOException {
        var parsed = ResultLine.parse(lines.array(), lines.start(), lines.length());
        if (parsed.isEmpty()) {
            return false;
        }
        var result = parsed.get();
        var number = unsettled().remove(result.customId());
        if (number == null) {
            return false;
        }
        settled.set(number);
        adopted.add(
                result.type() == ResultType.SUCCEEDED
                        ? ResultEntry.succeeded(
                                number,
                                lines.line(),
                                adoptedAt,
                                result.usage(),
                                billings().getOrDefault(requests.model(number), Billing.UNKNOWN))
                        : ResultEntry.unanswered(number, lines.line(), result.type(), adoptedAt));
        return true;
    }

    /**
     * On what terms each model was last billed, by what the index says. A line does not tell its
     * own, so an adopted one is taken to have had those of its model: within a batch they change
     * only with the configuration.
     */
    private Map<Integer, Billing> billings() {
        var found = billings;
        if (found == null) {
            found = new HashMap<>();
            for (var entry : known) {
                if (!entry.billing().equals(Billing.UNKNOWN)) {
                    found.put(requests.model(entry.number()), entry.billing());
                }
            }
            billings = found;
        }
        return found;
    }

    /** Requests without a result. Once this is asked for, {@link #settled} grows only with it. */
    private Map<CustomId, Integer> unsettled() throws IOException {
        var found = unsettled;
        if (found == null) {
            found = requests.numbersExcept(settled);
            unsettled = found;
        }
        return found;
    }

    private String describe(long offset) {
        return "batch %s: the line at offset %d of results.jsonl cannot be read, and no index record tells whose it is"
                .formatted(batch, offset);
    }
}
