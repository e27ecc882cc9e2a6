package dev.nightmail.pipeline.answer;

/** Texts that can be written in UTF-8. */
public final class WellFormed {

    private static final char REPLACEMENT = '\uFFFD';

    private WellFormed() {}

    /**
     * The same text with half a character (a lone surrogate, which a model may escape in JSON)
     * replaced as Unicode advises; an encoder would make it a question mark.
     */
    public static String text(String text) {
        StringBuilder mended = null;
        for (int index = 0; index < text.length(); index++) {
            var letter = text.charAt(index);
            if (!Character.isSurrogate(letter)) {
                continue;
            }
            if (Character.isHighSurrogate(letter)
                    && index + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(index + 1))) {
                index++;
                continue;
            }
            mended = mended == null ? new StringBuilder(text) : mended;
            mended.setCharAt(index, REPLACEMENT);
        }
        return mended == null ? text : mended.toString();
    }
}
