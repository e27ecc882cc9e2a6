package dev.nightmail.bench.settle;

import dev.nightmail.core.batch.BatchHeader;
import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.journal.Journal;
import dev.nightmail.core.key.KeyId;
import dev.nightmail.core.key.WorkspaceId;
import dev.nightmail.core.request.ApiVersion;
import dev.nightmail.core.request.RequestSummary;
import dev.nightmail.core.result.ResultLog;
import dev.nightmail.core.result.SettledRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The server's own way from an answer to a result that may be shown: its journal, handed groups as
 * the engine hands them.
 */
final class JournalAppend {

    private static final byte[] PARAMS = {'{', '}'};

    private final Journal journal;
    private final Answered answers;

    JournalAppend(Journal journal, Answered answers) {
        this.journal = journal;
        this.answers = answers;
    }

    void create(BatchId id, Instant now) {
        try (var draft = journal.draft(id)) {
            for (int number = 0; number < answers.requests(); number++) {
                draft.add(
                        answers.customId(number),
                        new RequestSummary("claude-bench", 600, 600),
                        PARAMS,
                        0,
                        PARAMS.length);
            }
            draft.commit(
                    new BatchHeader(
                            id,
                            WorkspaceId.DEFAULT,
                            KeyId.ANY,
                            now,
                            now.plus(Duration.ofDays(1)),
                            ApiVersion.V2023_06_01,
                            List.of(),
                            null,
                            draft.size(),
                            draft.models(),
                            "",
                            null));
        }
    }

    /**
     * @return length of the log
     */
    long append(ResultLog log, int groupMax) {
        long length = 0;
        for (int from = 0; from < answers.requests(); from += groupMax) {
            int end = Math.min(answers.requests(), from + groupMax);
            var group = new ArrayList<SettledRequest>(end - from);
            for (int number = from; number < end; number++) {
                group.add(answers.settled(number));
            }
            length = log.append(group);
        }
        return length;
    }

    /** Reads everything back, as a restart does, and says how many are settled and whole. */
    int settled(BatchId id) {
        try (var batch = journal.open(id)) {
            return batch.settled().damages().isEmpty() ? batch.settled().counts().succeeded() : 0;
        }
    }
}
