package dev.nightmail.journal.request;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.journal.JournalException;
import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.request.CustomId;
import dev.nightmail.core.request.Prefixes;
import dev.nightmail.core.request.Request;
import dev.nightmail.core.request.RequestLog;
import dev.nightmail.journal.disk.DiskFile;
import dev.nightmail.journal.format.Crc;
import dev.nightmail.journal.format.Line;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The requests of one batch in their file. Safe for many threads: each read is one of its own. */
public final class FileRequestLog implements RequestLog, Closeable {

    private final BatchId batch;
    private final DiskFile log;
    private final RequestIndex index;
    private volatile @Nullable Map<CustomId, Integer> standing;

    /** Takes over the file and closes it. */
    public FileRequestLog(BatchId batch, DiskFile log, RequestIndex index) {
        this.batch = batch;
        this.log = log;
        this.index = index;
    }

    @Override
    public int size() {
        return index.size();
    }

    @Override
    public int model(int number) {
        return index.model(number);
    }

    @Override
    public int inputTokensEstimate(int number) {
        return index.inputTokensEstimate(number);
    }

    @Override
    public int outputTokensMax(int number) {
        return index.outputTokensMax(number);
    }

    @Override
    public Prefixes prefixes() {
        return index.prefixes();
    }

    @Override
    public int lineBytes(int number) {
        return index.line(number).length();
    }

    @Override
    public Request read(int number) {
        var line = index.line(number);
        var bytes = bytes(number, line);
        if (!isIntact(bytes, line)) {
            throw damaged(number, line.offset());
        }
        var customId =
                RequestLine.customId(bytes, 0, bytes.length)
                        .orElseThrow(() -> damaged(number, line.offset()));
        int from = RequestLine.paramsOffset(customId);
        int to = bytes.length - RequestLine.AFTER_PARAMS.length - 1;
        return new Request(number, customId, JsonBytes.of(Arrays.copyOfRange(bytes, from, to)));
    }

    private byte[] bytes(int number, Line line) {
        var bytes = new byte[line.length()];
        try {
            log.read(ByteBuffer.wrap(bytes), line.offset());
            return bytes;
        } catch (IOException e) {
            throw new JournalException(
                    "cannot read request %d of batch %s".formatted(number, batch), e);
        }
    }

    private static boolean isIntact(byte[] bytes, Line line) {
        return Crc.of(bytes, 0, bytes.length) == line.crc();
    }

    /**
     * Of a damaged line the id is believed if it has the form of one and no other line has the
     * same: most of a line is its params, and most damage is there.
     */
    @Override
    public CustomId customId(int number) {
        var line = index.line(number);
        var bytes = bytes(number, line);
        var stands = RequestLine.customId(bytes, 0, bytes.length);
        if (stands.isPresent() && isIntact(bytes, line)) {
            return stands.get();
        }
        var known = standing();
        return stands.filter(id -> known.getOrDefault(id, 0) == 1)
                .orElseGet(() -> unused(number, known.keySet()));
    }

    /** How often each id stands in the log; read once, and only if something in it is damaged. */
    private Map<CustomId, Integer> standing() {
        var found = standing;
        if (found == null) {
            found = HashMap.<CustomId, Integer>newHashMap(size());
            for (int number = 0; number < size(); number++) {
                var bytes = bytes(number, index.line(number));
                var id = RequestLine.customId(bytes, 0, bytes.length);
                if (id.isPresent()) {
                    found.merge(id.get(), 1, Integer::sum);
                }
            }
            standing = found;
        }
        return found;
    }

    private static CustomId unused(int number, Set<CustomId> taken) {
        var id = placeholder(number);
        while (taken.contains(id)) {
            id = new CustomId(id.value() + "_");
        }
        return id;
    }

    private static CustomId placeholder(int number) {
        return new CustomId("unreadable-request-" + number);
    }

    private JournalException damaged(int number, long offset) {
        return new JournalException(
                "request %d of batch %s is damaged: requests.jsonl at offset %d is not what was written"
                        .formatted(number, batch, offset));
    }

    /**
     * The numbers of requests by their custom_id. Reads no more of a line than that; one whose
     * custom_id cannot be read stands under the name that it is settled under.
     *
     * @param excepted numbers of requests that are not asked for
     */
    public Map<CustomId, Integer> numbersExcept(BitSet excepted) throws IOException {
        var numbers = HashMap.<CustomId, Integer>newHashMap(size() - excepted.cardinality());
        var head = ByteBuffer.allocate(RequestLine.HEAD_BYTES_MAX);
        for (int number = excepted.nextClearBit(0);
                number < size();
                number = excepted.nextClearBit(number + 1)) {
            var line = index.line(number);
            head.clear().limit(Math.min(head.capacity(), line.length()));
            int read = log.read(head, line.offset());
            var id = RequestLine.customId(head.array(), 0, read);
            if (id.isPresent()) {
                numbers.put(id.get(), number);
            } else {
                numbers.putIfAbsent(placeholder(number), number);
            }
        }
        return numbers;
    }

    @Override
    public void close() throws IOException {
        log.close();
    }
}
