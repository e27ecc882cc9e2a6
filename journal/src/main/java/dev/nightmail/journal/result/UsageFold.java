package dev.nightmail.journal.result;

import dev.nightmail.core.journal.Journal.ModelUsage;
import dev.nightmail.core.result.ResultType;
import dev.nightmail.core.usage.Usage;
import dev.nightmail.journal.request.FileRequestLog;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Sums up what succeeded, which is what is billed, by the model each request named. */
final class UsageFold {

    private UsageFold() {}

    /**
     * @param models of the batch, in the order in which the request index counts them
     */
    static Map<String, ModelUsage> fold(
            List<ResultEntry> entries, FileRequestLog requests, List<String> models) {
        var counts = new long[models.size()];
        var usages = new Usage[models.size()];
        for (var entry : entries) {
            if (entry.type() == ResultType.SUCCEEDED) {
                int model = requests.model(entry.number());
                counts[model]++;
                var sum = usages[model];
                usages[model] = sum == null ? entry.usage() : sum.plus(entry.usage());
            }
        }
        var byModel = new LinkedHashMap<String, ModelUsage>();
        for (int model = 0; model < counts.length; model++) {
            var sum = usages[model];
            if (sum != null) {
                byModel.put(models.get(model), new ModelUsage(counts[model], sum));
            }
        }
        return byModel;
    }
}
