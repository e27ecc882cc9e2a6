package dev.nightmail.upstream.schema;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Matching of a stranger's patterns, with a bound on what it may cost. */
final class Patterns {

    /** A pattern that looks at more characters than this backtracks without end. */
    private static final int LOOKS_MAX = 200_000;

    private static final int PATTERN_CHARACTERS_MAX = 2_000;

    private Patterns() {}

    static boolean find(String pattern, String text) throws UnsatisfiableException {
        if (pattern.length() > PATTERN_CHARACTERS_MAX) {
            throw new UnsatisfiableException("one of its patterns is too long");
        }
        try {
            return Pattern.compile(pattern).matcher(new Counted(text, new Looks())).find();
        } catch (PatternSyntaxException _) {
            throw new UnsatisfiableException("one of its patterns is not a regular expression");
        } catch (TooManyLooksException | StackOverflowError _) {
            throw new UnsatisfiableException("one of its patterns takes too long to match");
        }
    }

    private static final class TooManyLooksException extends RuntimeException {
        TooManyLooksException() {
            super(null, null, false, false);
        }
    }

    private static final class Looks {
        private int left = LOOKS_MAX;

        void take() {
            if (--left < 0) {
                throw new TooManyLooksException();
            }
        }
    }

    private record Counted(String text, Looks looks) implements CharSequence {
        @Override
        public char charAt(int index) {
            looks.take();
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return new Counted(text.substring(start, end), looks);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
