package dev.nightmail.upstream.simulator;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** Decides which call is struck. Safe for many threads. */
final class Faults {

    private static final byte[] ORDER = "nightmail-simulate:".getBytes(US_ASCII);
    private static final int ORDER_CHARACTERS_MAX = 200;
    private static final int REQUESTS_REMEMBERED = 100_000;

    private final FaultScript script;
    private final long seed;
    private final AtomicLong calls = new AtomicLong();

    /** How often each request was tried; guarded by itself. */
    private final Map<Long, Integer> attempts = new Remembered();

    private static final class Remembered extends LinkedHashMap<Long, Integer> {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Integer> eldest) {
            return size() > REQUESTS_REMEMBERED;
        }
    }

    Faults(FaultScript script, long seed) {
        this.script = script;
        this.seed = seed;
    }

    /**
     * The rule that strikes this call, if one does. Asked once per call: it counts.
     *
     * @param request a hash of the request
     * @throws RefusedException if the request orders a fault in words that make none
     */
    Optional<FaultRule> strike(long request, byte[] body) throws RefusedException {
        var rules = rules(body);
        if (rules.isEmpty()) {
            return Optional.empty();
        }
        long call = calls.incrementAndGet();
        int attempt = attempt(request);
        for (int i = 0; i < rules.size(); i++) {
            var rule = rules.get(i);
            long dice = Mixing.mix(seed ^ (request + 31L * attempt + i));
            if (call % rule.every() == 0
                    && (rule.times() == 0 || attempt <= rule.times())
                    && (dice >>> 11) * 0x1p-53 < rule.probability()) {
                return Optional.of(rule);
            }
        }
        return Optional.empty();
    }

    private List<FaultRule> rules(byte[] body) throws RefusedException {
        int at = indexOf(body, ORDER);
        if (at < 0) {
            return script.rules();
        }
        var rules = new ArrayList<FaultRule>();
        try {
            rules.add(FaultRule.parse(order(body, at + ORDER.length)));
        } catch (IllegalArgumentException e) {
            throw RefusedException.invalid("nightmail-simulate: " + e.getMessage());
        }
        rules.addAll(script.rules());
        return rules;
    }

    private static String order(byte[] body, int start) {
        int end = start;
        while (end < body.length && end - start < ORDER_CHARACTERS_MAX && belongs(body[end])) {
            end++;
        }
        // A sentence may go on after the order.
        while (end > start && (body[end - 1] == '.' || body[end - 1] == ';')) {
            end--;
        }
        return new String(body, start, end - start, US_ASCII);
    }

    private static boolean belongs(byte b) {
        return (b >= 'a' && b <= 'z')
                || (b >= '0' && b <= '9')
                || b == '='
                || b == ';'
                || b == '.'
                || b == '_'
                || b == '-';
    }

    private static int indexOf(byte[] bytes, byte[] wanted) {
        int last = bytes.length - wanted.length;
        for (int i = 0; i <= last; i++) {
            if (bytes[i] == wanted[0] && startsWith(bytes, i, wanted)) {
                return i;
            }
        }
        return -1;
    }

    private static boolean startsWith(byte[] bytes, int offset, byte[] wanted) {
        for (int i = 1; i < wanted.length; i++) {
            if (bytes[offset + i] != wanted[i]) {
                return false;
            }
        }
        return true;
    }

    private int attempt(long request) {
        synchronized (attempts) {
            return attempts.merge(request, 1, Integer::sum);
        }
    }
}
