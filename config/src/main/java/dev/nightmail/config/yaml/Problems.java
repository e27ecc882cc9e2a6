package dev.nightmail.config.yaml;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What is wrong with a file, gathered so that its author sees all of it at once. */
public final class Problems {

    /** Where a problem belongs to no line, such as a key that is missing. */
    public static final int NO_LINE = 0;

    private record Problem(int line, String what) {
        String text() {
            return line == NO_LINE ? what : "line " + line + ": " + what;
        }

        int order() {
            return line == NO_LINE ? Integer.MAX_VALUE : line;
        }
    }

    private final List<Problem> problems = new ArrayList<>();

    /**
     * @param line from 1, or {@link #NO_LINE}
     * @param what names the key and says what to do, in one line
     */
    public void add(int line, String what) {
        problems.add(new Problem(line, what));
    }

    public boolean isEmpty() {
        return problems.isEmpty();
    }

    /** In the order of the file, each once; what belongs to no line stands last. */
    public List<String> lines() {
        return problems.stream()
                .sorted(Comparator.comparingInt(Problem::order))
                .map(Problem::text)
                .distinct()
                .toList();
    }
}
