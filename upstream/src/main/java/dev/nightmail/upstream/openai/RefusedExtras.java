package dev.nightmail.upstream.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.upstream.http.HttpOutcome;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What one server was found not to take, by model: behind a gateway each may be another server's.
 * Safe for many threads.
 */
final class RefusedExtras {

    /** Names of models come from clients. */
    private static final int MODELS_MAX = 1_000;

    private static final Pattern WANTED = Pattern.compile("(?i)\\b(?:missing|required)\\b");

    private final Map<String, Set<Extra>> byModel = new LinkedHashMap<>();

    synchronized Set<Extra> of(String model) {
        var refused = byModel.get(model);
        return refused == null ? EnumSet.noneOf(Extra.class) : EnumSet.copyOf(refused);
    }

    /** See {@link #learn(ChatRequest, int, byte[])}. */
    boolean learn(ChatRequest request, HttpOutcome outcome) {
        return outcome instanceof HttpOutcome.Complete(int status, var _, var body)
                && learn(request, status, body);
    }

    /**
     * Looks whether a request was refused for an extra that it had.
     *
     * @return whether to send it again without
     */
    boolean learn(ChatRequest request, int status, byte[] body) {
        if ((status != 400 && status != 422) || request.extras().isEmpty()) {
            return false;
        }
        var text = new String(body, UTF_8);
        if (WANTED.matcher(text).find()) {
            // It wants more of it, not less.
            return false;
        }
        var found = EnumSet.noneOf(Extra.class);
        for (var extra : request.extras()) {
            if (text.contains(extra.field())) {
                found.add(extra);
            }
        }
        if (found.isEmpty()) {
            return false;
        }
        remember(request.model().value(), found);
        return true;
    }

    private synchronized void remember(String model, Set<Extra> found) {
        if (byModel.size() == MODELS_MAX && !byModel.containsKey(model)) {
            byModel.remove(byModel.keySet().iterator().next());
        }
        byModel.computeIfAbsent(model, _ -> EnumSet.noneOf(Extra.class)).addAll(found);
    }
}
