package dev.nightmail.pipeline.state;

/**
 * Where the records of a plan stand.
 *
 * @param failed asked, and set aside
 * @param unusable set aside before they could be asked
 */
public record RecordCounts(
        long outstanding, long submitted, long done, long failed, long canceled, long unusable) {

    public static final RecordCounts NONE = new RecordCounts(0, 0, 0, 0, 0, 0);

    public long total() {
        return outstanding + submitted + done + setAside() + canceled;
    }

    /** Without an answer, and with a reason. */
    public long setAside() {
        return failed + unusable;
    }
}
