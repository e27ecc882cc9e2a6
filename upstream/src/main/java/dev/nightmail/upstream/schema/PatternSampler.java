package dev.nightmail.upstream.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Makes up texts that match a regular expression, for the simple ones people put into schemas:
 * literals, classes, groups, alternatives, repetitions, anchors at either end.
 */
final class PatternSampler {

    /** Printable ASCII, from which negated classes and the dot draw. */
    private static final String PRINTABLE =
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -_.,:;!?/+*=()[]{}@#%&'\"<>|~^$`\\";

    private static final String DIGITS = "0123456789";
    private static final String WORD =
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    private static final int NESTING_MAX = 50;
    private static final int REPEAT_MAX = 10_000;

    private sealed interface Part {
        record OneOf(String characters) implements Part {}

        record Sequence(List<Part> parts) implements Part {}

        record Choice(List<Part> branches) implements Part {}

        record Repeat(Part part, int min, int max) implements Part {}
    }

    private final String pattern;
    private int at;
    private int nesting;

    private PatternSampler(String pattern) {
        this.pattern = pattern;
    }

    /**
     * @param generosity how many times more than it must a repetition may repeat
     */
    static String sample(String pattern, int generosity, RandomGenerator random)
            throws UnsatisfiableException {
        var sampler = new PatternSampler(pattern);
        var whole = sampler.choice();
        if (sampler.at < pattern.length()) {
            throw unsupported();
        }
        var out = new StringBuilder();
        write(whole, generosity, random, out);
        return out.toString();
    }

    private static UnsatisfiableException unsupported() {
        return new UnsatisfiableException(
                "one of its patterns uses what the simulator cannot make texts for");
    }

    private static void write(Part part, int generosity, RandomGenerator random, StringBuilder out)
            throws UnsatisfiableException {
        if (out.length() > REPEAT_MAX) {
            throw new UnsatisfiableException("one of its patterns asks for too long a text");
        }
        switch (part) {
            case Part.OneOf(var characters) ->
                    out.append(characters.charAt(random.nextInt(characters.length())));
            case Part.Sequence(var parts) -> {
                for (var each : parts) {
                    write(each, generosity, random, out);
                }
            }
            case Part.Choice(var branches) ->
                    write(branches.get(random.nextInt(branches.size())), generosity, random, out);
            case Part.Repeat(var repeated, int min, int max) -> {
                int most = Math.min(max, min + generosity);
                int times = most > min ? random.nextInt(min, most + 1) : min;
                for (int i = 0; i < times; i++) {
                    write(repeated, generosity, random, out);
                }
            }
        }
    }

    private Part choice() throws UnsatisfiableException {
        if (++nesting > NESTING_MAX) {
            throw unsupported();
        }
        var branches = new ArrayList<Part>();
        branches.add(sequence());
        while (at < pattern.length() && pattern.charAt(at) == '|') {
            at++;
            branches.add(sequence());
        }
        nesting--;
        return branches.size() == 1 ? branches.getFirst() : new Part.Choice(branches);
    }

    private Part sequence() throws UnsatisfiableException {
        var parts = new ArrayList<Part>();
        while (at < pattern.length() && pattern.charAt(at) != '|' && pattern.charAt(at) != ')') {
            char c = pattern.charAt(at);
            if (c == '^' || c == '$') {
                // Anchors stand where they hold anyway, or the match is refused afterwards.
                at++;
            } else {
                parts.add(repeated(atom()));
            }
        }
        return new Part.Sequence(parts);
    }

    private Part repeated(Part part) throws UnsatisfiableException {
        if (at >= pattern.length()) {
            return part;
        }
        int min;
        int max;
        switch (pattern.charAt(at)) {
            case '*' -> {
                min = 0;
                max = REPEAT_MAX;
                at++;
            }
            case '+' -> {
                min = 1;
                max = REPEAT_MAX;
                at++;
            }
            case '?' -> {
                min = 0;
                max = 1;
                at++;
            }
            case '{' -> {
                int end = pattern.indexOf('}', at);
                if (end < 0) {
                    throw unsupported();
                }
                String[] bounds = pattern.substring(at + 1, end).split(",", -1);
                min = bound(bounds[0]);
                max =
                        bounds.length == 1
                                ? min
                                : bounds[1].isEmpty() ? REPEAT_MAX : bound(bounds[1]);
                at = end + 1;
            }
            default -> {
                return part;
            }
        }
        if (at < pattern.length() && (pattern.charAt(at) == '?' || pattern.charAt(at) == '+')) {
            at++;
        }
        return new Part.Repeat(part, min, max);
    }

    private static int bound(String digits) throws UnsatisfiableException {
        try {
            int bound = Integer.parseInt(digits);
            if (bound <= REPEAT_MAX) {
                return bound;
            }
        } catch (NumberFormatException _) {
            // Said below.
        }
        throw unsupported();
    }

    private Part atom() throws UnsatisfiableException {
        char c = pattern.charAt(at++);
        return switch (c) {
            case '(' -> group();
            case '[' -> characterClass();
            case '.' -> new Part.OneOf(PRINTABLE);
            case '\\' -> new Part.OneOf(escaped());
            case '*', '+', '?', '{' -> throw unsupported();
            default -> new Part.OneOf(String.valueOf(c));
        };
    }

    private Part group() throws UnsatisfiableException {
        if (pattern.startsWith("?:", at)) {
            at += 2;
        } else if (pattern.startsWith("?<", at)
                && !pattern.startsWith("?<=", at)
                && !pattern.startsWith("?<!", at)
                && pattern.indexOf('>', at) > 0) {
            at = pattern.indexOf('>', at) + 1;
        } else if (pattern.startsWith("?", at)) {
            throw unsupported();
        }
        var inner = choice();
        if (at >= pattern.length() || pattern.charAt(at) != ')') {
            throw unsupported();
        }
        at++;
        return inner;
    }

    private String escaped() throws UnsatisfiableException {
        if (at >= pattern.length()) {
            throw unsupported();
        }
        char c = pattern.charAt(at++);
        return switch (c) {
            case 'd' -> DIGITS;
            case 'D' -> without(DIGITS);
            case 'w' -> WORD;
            case 'W' -> without(WORD);
            case 's' -> " ";
            case 'S' -> without(" ");
            case 't' -> "\t";
            case 'n' -> "\n";
            case 'r' -> "\r";
            case 'u' -> {
                if (at + 4 > pattern.length()) {
                    throw unsupported();
                }
                try {
                    char unit = (char) Integer.parseInt(pattern.substring(at, at + 4), 16);
                    at += 4;
                    yield String.valueOf(unit);
                } catch (NumberFormatException _) {
                    throw unsupported();
                }
            }
            default -> {
                if (Character.isLetterOrDigit(c)) {
                    throw unsupported();
                }
                yield String.valueOf(c);
            }
        };
    }

    private Part characterClass() throws UnsatisfiableException {
        boolean negated = at < pattern.length() && pattern.charAt(at) == '^';
        if (negated) {
            at++;
        }
        var members = new StringBuilder();
        boolean first = true;
        while (true) {
            if (at >= pattern.length()) {
                throw unsupported();
            }
            char c = pattern.charAt(at++);
            if (c == ']' && !first) {
                break;
            }
            first = false;
            if (c == '[') {
                // Java would read a nested class, ECMA a bracket: leave it.
                throw unsupported();
            }
            String member = c == '\\' ? escaped() : String.valueOf(c);
            if (member.length() == 1
                    && at + 1 < pattern.length()
                    && pattern.charAt(at) == '-'
                    && pattern.charAt(at + 1) != ']') {
                at++;
                char end = pattern.charAt(at++);
                String last = end == '\\' ? escaped() : String.valueOf(end);
                if (last.length() != 1 || last.charAt(0) < member.charAt(0)) {
                    throw unsupported();
                }
                for (int unit = member.charAt(0);
                        unit <= Math.min(last.charAt(0), member.charAt(0) + 200);
                        unit++) {
                    members.append((char) unit);
                }
            } else {
                members.append(member);
            }
        }
        String characters = negated ? without(members.toString()) : members.toString();
        if (characters.isEmpty()) {
            throw unsupported();
        }
        return new Part.OneOf(characters);
    }

    private static String without(String excluded) {
        var rest = new StringBuilder();
        for (int i = 0; i < PRINTABLE.length(); i++) {
            char c = PRINTABLE.charAt(i);
            if (excluded.indexOf(c) < 0) {
                rest.append(c);
            }
        }
        return rest.toString();
    }
}
