package dev.nightmail.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;

/**
 * What runs left behind.
 *
 * @param labels by ticket, as the table has them
 * @param failed by ticket, as {@code failed.jsonl} has them
 */
record TicketsLeft(Map<String, String> labels, Map<String, String> failed) {

    void assertNothingIsMissing() {
        assertThat(labels.size() + failed.size()).isEqualTo(TicketsPipeline.TICKETS);
        assertThat(labels).doesNotContainKeys(failed.keySet().toArray(String[]::new));
        assertThat(failed).isNotEmpty();
        assertThat(failed.values()).allMatch(line -> line.contains("\"invalid_request\""));
    }
}
