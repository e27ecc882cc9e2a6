package dev.nightmail.pipeline.state;

/**
 * Where the records of a plan stand.
 *
 * @param outstanding to be sent
 * @param following not sent themselves: they get the answer to another record that asks the same
 * @param failed asked, and set aside
 * @param unusable set aside before they could be asked
 */
public record RecordCounts(
        long outstanding,
        long following,
        long submitted,
        long done,
        long failed,
        long canceled,
        long unusable) {

    public static final RecordCounts NONE = new RecordCounts(0, 0, 0, 0, 0, 0, 0);

    public long total() {
        return outstanding + following + submitted + done + setAside() + canceled;
    }

    /** What is left to do of what nobody was sent yet. */
    public long left() {
        return outstanding + following + canceled;
    }

    /** Without an answer, and with a reason. */
    public long setAside() {
        return failed + unusable;
    }
}
