package dev.nightmail.upstream.openai;

/** How far the input of a tool has come that is said in pieces. Nothing of it is kept. */
final class InputProgress {

    private boolean begun;
    private int depth;
    private boolean inString;
    private boolean escaped;

    void take(String piece) {
        for (int at = 0; at < piece.length(); at++) {
            take(piece.charAt(at));
        }
    }

    private void take(char c) {
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
                default -> {}
            }
        }
        begun |= !Character.isWhitespace(c);
    }

    /** Whether something was said, and its end is still to come. */
    boolean isHalf() {
        return begun && (depth > 0 || inString);
    }

    boolean isWhole() {
        return begun && !isHalf();
    }
}
