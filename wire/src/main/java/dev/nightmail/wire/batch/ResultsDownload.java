package dev.nightmail.wire.batch;

/**
 * What one download of a batch's results is, whatever status and content type it came under, and
 * however cleanly it ended. Judged by {@link ResultsJudge}.
 */
public sealed interface ResultsDownload {

    Lines lines();

    /** Every request has a result. */
    record Whole(Lines lines) implements ResultsDownload {}

    /**
     * Some requests have a result and others have none. They may come yet; what has none may have
     * been answered and paid for all the same.
     *
     * @param missing at least 1
     */
    record Incomplete(int missing, Lines lines) implements ResultsDownload {}

    /**
     * Nothing in it is a result of the batch: a page, nothing at all, or the results of another
     * batch. It says nothing of any request.
     */
    record NoResults(Lines lines) implements ResultsDownload {

        /** Whether there are results of others in it. */
        public boolean isOfAnother() {
            return lines.ofNobody() > 0;
        }
    }

    /**
     * The lines of a download.
     *
     * @param results requests of the batch with at least one line
     * @param repeated further lines for those
     * @param ofNobody lines for requests that are not of the batch
     * @param unreadable lines that are no result: cut off, of a page, or of a kind nobody knows
     */
    record Lines(int results, int repeated, int ofNobody, int unreadable) {

        /** Those that change nothing. */
        public int passedOver() {
            return ofNobody + unreadable;
        }
    }
}
