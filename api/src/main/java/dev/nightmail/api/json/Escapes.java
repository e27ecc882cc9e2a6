package dev.nightmail.api.json;

/** Resolves the escapes of a JSON string that has been found valid. */
final class Escapes {

    private Escapes() {}

    static String decode(String written) {
        var text = new StringBuilder(written.length());
        int from = 0;
        for (int at = written.indexOf('\\'); at >= 0; at = written.indexOf('\\', from)) {
            text.append(written, from, at);
            char escape = written.charAt(at + 1);
            if (escape == 'u') {
                text.append((char) Integer.parseInt(written, at + 2, at + 6, 16));
                from = at + 6;
            } else {
                text.append(meaning(escape));
                from = at + 2;
            }
        }
        return text.append(written, from, written.length()).toString();
    }

    private static char meaning(char escape) {
        return switch (escape) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> escape;
        };
    }
}
