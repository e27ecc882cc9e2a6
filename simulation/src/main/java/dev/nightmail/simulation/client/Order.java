package dev.nightmail.simulation.client;

import dev.nightmail.core.batch.BatchHeader;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.key.KeyId;
import dev.nightmail.core.key.WorkspaceId;
import dev.nightmail.core.request.CustomId;
import dev.nightmail.core.result.RequestCounts;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A batch that a client hands in, and what the client was told about it. */
public final class Order {

    private final String name;
    private final WorkspaceId workspace;
    private final KeyId key;
    private final @Nullable String idempotencyKey;
    private final List<Entry> entries;

    private @Nullable BatchHeader accepted;
    private final Set<CustomId> rotten = new HashSet<>();
    private boolean submitted;
    private boolean givenUp;
    private boolean cancelAsked;
    private @Nullable Long cancelToldNanos;
    private boolean deleteAsked;
    private boolean deleteTold;
    private @Nullable RequestCounts seen;
    private int stageSeen;
    private byte @Nullable [] results;

    Order(
            String name,
            WorkspaceId workspace,
            KeyId key,
            @Nullable String idempotencyKey,
            List<Entry> entries) {
        this.name = name;
        this.workspace = workspace;
        this.key = key;
        this.idempotencyKey = idempotencyKey;
        this.entries = List.copyOf(entries);
    }

    public String name() {
        return name;
    }

    public WorkspaceId workspace() {
        return workspace;
    }

    public KeyId key() {
        return key;
    }

    public @Nullable String idempotencyKey() {
        return idempotencyKey;
    }

    public List<Entry> entries() {
        return entries;
    }

    public String bodySha256() {
        return "sha of " + name;
    }

    /** What is stored of this request is damaged from now on. */
    public void rots(CustomId id) {
        rotten.add(id);
    }

    public Set<CustomId> rotten() {
        return rotten;
    }

    void submitting() {
        submitted = true;
    }

    /** Whether anything of it was ever sent. */
    public boolean isSubmitted() {
        return submitted;
    }

    void accepted(BatchHeader header) {
        accepted = header;
    }

    /** What the client was told; null if it was never told that the batch is accepted. */
    public @Nullable BatchHeader accepted() {
        return accepted;
    }

    public @Nullable BatchId id() {
        return accepted == null ? null : accepted.id();
    }

    /** The client was not told, and has no key with which it could safely ask again. */
    void giveUp() {
        givenUp = true;
    }

    boolean isGivenUp() {
        return givenUp;
    }

    void cancelAsked() {
        cancelAsked = true;
    }

    public boolean isCancelAsked() {
        return cancelAsked;
    }

    void cancelTold(long nanos) {
        if (cancelToldNanos == null) {
            cancelToldNanos = nanos;
        }
    }

    /** When the client was told that nothing more is sent; null if it was not. */
    public @Nullable Long cancelToldNanos() {
        return cancelToldNanos;
    }

    void deleteAsked() {
        deleteAsked = true;
    }

    public boolean isDeleteAsked() {
        return deleteAsked;
    }

    void deleteTold() {
        deleteTold = true;
    }

    public boolean isDeleteTold() {
        return deleteTold;
    }

    @Nullable RequestCounts seen() {
        return seen;
    }

    int stageSeen() {
        return stageSeen;
    }

    void seen(RequestCounts counts, int stage) {
        seen = counts;
        stageSeen = stage;
    }

    /** The client has downloaded the results. */
    void results(byte[] bytes) {
        results = bytes;
    }

    public byte @Nullable [] results() {
        return results;
    }
}
