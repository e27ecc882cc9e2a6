package dev.nightmail.upstream.anthropic;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Which requests a refused create names. Validators say where the fault is: {@code
 * requests.17.params.model: Field required} (wire contract, section 1.5).
 */
final class FaultyRequests {

    private static final Pattern NAMED =
            Pattern.compile("\\brequests(?:\\.|\\[)(\\d{1,9})(?=[.\\]:\\s])");

    private FaultyRequests() {}

    static Set<Integer> in(byte[] error) {
        var positions = new TreeSet<Integer>();
        var named = NAMED.matcher(new String(error, UTF_8));
        while (named.find()) {
            positions.add(Integer.parseInt(named.group(1)));
        }
        return positions;
    }
}
