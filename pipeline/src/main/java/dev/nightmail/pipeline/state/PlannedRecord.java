package dev.nightmail.pipeline.state;

/**
 * A record as the source and the prompt have it now.
 *
 * @param position its place in the source, from 0
 * @param contentHash names what it is asked
 * @param params the request, UTF-8 JSON
 */
// Nobody compares planned records; the bytes go from the template into the table.
@SuppressWarnings("ArrayRecordComponent")
public record PlannedRecord(
        int position, String recordId, String customId, String contentHash, byte[] params) {}
