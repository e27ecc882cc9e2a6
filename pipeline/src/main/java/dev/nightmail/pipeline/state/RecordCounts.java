package dev.nightmail.pipeline.state;

/** Where the records of a plan stand. */
public record RecordCounts(
        long outstanding, long submitted, long done, long failed, long canceled) {
    public long total() {
        return outstanding + submitted + done + failed + canceled;
    }
}
