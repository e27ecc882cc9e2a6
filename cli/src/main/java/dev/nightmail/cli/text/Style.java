package dev.nightmail.cli.text;

/**
 * How text may look where it goes.
 *
 * @param colours whether ANSI sequences are understood and wanted
 * @param unicode whether characters beyond ASCII can be shown
 */
public record Style(boolean colours, boolean unicode) {

    public static final Style PLAIN = new Style(false, false);

    public String bold(String text) {
        return sequence("1", text);
    }

    public String dim(String text) {
        return sequence("2", text);
    }

    public String good(String text) {
        return sequence("32", text);
    }

    public String warning(String text) {
        return sequence("33", text);
    }

    private String sequence(String code, String text) {
        return colours && !text.isEmpty() ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }
}
