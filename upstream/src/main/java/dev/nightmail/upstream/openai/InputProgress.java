package dev.nightmail.upstream.openai;

/** How far the input of a tool has come that is said in pieces. Nothing of it is kept. */
final class InputProgress {

    private static final String NULL = "null";

    /** The first character that is no white space; 0 before it. */
    private char first;

    private int depth;
    private boolean inString;
    private boolean escaped;

    /** How much of {@code null} was said; -1 if it is something else. */
    private int ofNull;

    /**
     * Takes the next piece, as far as it belongs to the input.
     *
     * @return how many characters that is: what stands behind a whole input belongs to nothing
     */
    int take(String piece) {
        for (int at = 0; at < piece.length(); at++) {
            if (isWhole()) {
                return at;
            }
            take(piece.charAt(at));
        }
        return piece.length();
    }

    private void take(char c) {
        if (first == 0 && !Character.isWhitespace(c)) {
            first = c;
        }
        if (escaped) {
            escaped = false;
        } else if (inString) {
            escaped = c == '\\';
            inString = c != '"';
        } else {
            switch (c) {
                case '"' -> inString = true;
                case '{', '[' -> depth++;
                case '}', ']' -> depth--;
                default -> bare(c);
            }
        }
    }

    private void bare(char c) {
        if (depth > 0 || Character.isWhitespace(c) || ofNull < 0) {
            return;
        }
        ofNull = ofNull < NULL.length() && NULL.charAt(ofNull) == c ? ofNull + 1 : -1;
    }

    boolean isBegun() {
        return first != 0;
    }

    /** Whether it begins as an input should: as an object. */
    boolean isObject() {
        return first == '{';
    }

    /** Whether something was said, and its end is still to come. */
    boolean isHalf() {
        return isBegun() && !isWhole();
    }

    boolean isWhole() {
        return switch (first) {
            case 0 -> false;
            case '{', '[' -> depth <= 0;
            case '"' -> !inString;
            case 'n' -> ofNull == NULL.length();
            // A word of something else has no end of its own.
            default -> false;
        };
    }
}
