package dev.nightmail.journal.result;

import dev.nightmail.core.result.ResultType;
import dev.nightmail.core.usage.Tally;
import dev.nightmail.core.usage.Tariff;
import dev.nightmail.core.usage.Usage;
import dev.nightmail.journal.request.FileRequestLog;
import java.util.List;
import java.util.TreeMap;

/**
 * Sums up what was answered, which is what is billed, by tariff: what succeeded, and answers that
 * could not be delivered or were written off later.
 */
final class UsageFold {

    private UsageFold() {}

    /**
     * @param models of the batch, in the order in which the request index counts them
     * @return in the order of the tariffs
     */
    static List<Tally> fold(
            List<ResultEntry> entries, FileRequestLog requests, List<String> models) {
        var tallies = new TreeMap<Tariff, Tally>();
        for (var entry : entries) {
            if (entry.type() == ResultType.SUCCEEDED || !entry.usage().equals(Usage.NONE)) {
                var model = models.get(requests.model(entry.number()));
                var tariff = Tariff.of(model, entry.billing(), entry.usage());
                tallies.merge(tariff, Tally.of(tariff, entry.usage()), Tally::plus);
            }
        }
        return List.copyOf(tallies.values());
    }
}
