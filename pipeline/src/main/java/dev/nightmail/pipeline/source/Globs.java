package dev.nightmail.pipeline.source;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Patterns of file names, for paths with {@code /} between the names: {@code *} and {@code ?} stay
 * within a name, {@code **} stands for any folders or none, {@code [a-z]} and {@code {a,b}} choose.
 */
final class Globs {

    private Globs() {}

    /** Where a pattern begins to choose: everything before it names one folder. */
    static int firstChoice(String glob) {
        for (int index = 0; index < glob.length(); index++) {
            if ("*?[{".indexOf(glob.charAt(index)) >= 0) {
                return index;
            }
        }
        return glob.length();
    }

    /** The folder above everything a pattern can match, with its slash; empty for none. */
    static String fixedFolder(String glob) {
        return glob.substring(0, glob.lastIndexOf('/', firstChoice(glob)) + 1);
    }

    /**
     * @throws PatternSyntaxException if a bracket or a brace stays open
     */
    static Pattern pattern(String glob, boolean ignoringCase) {
        var regex = new StringBuilder();
        var isInBraces = false;
        for (int index = 0; index < glob.length(); index++) {
            var letter = glob.charAt(index);
            switch (letter) {
                case '*' -> {
                    if (glob.startsWith("**/", index) && startsName(glob, index)) {
                        regex.append("(?:[^/]+/)*");
                        index += 2;
                    } else if (glob.startsWith("**", index)) {
                        regex.append(".*");
                        index++;
                    } else {
                        regex.append("[^/]*");
                    }
                }
                case '?' -> regex.append("[^/]");
                case '[' -> {
                    var end = glob.indexOf(']', index + 2);
                    if (end < 0) {
                        throw new PatternSyntaxException("a [ stays open", glob, index);
                    }
                    var choice =
                            glob.substring(index + 1, end)
                                    .replace("\\", "\\\\")
                                    .replace("[", "\\[");
                    regex.append('[')
                            .append(choice.startsWith("!") ? "^" + choice.substring(1) : choice)
                            .append(']');
                    index = end;
                }
                case '{' -> {
                    isInBraces = true;
                    regex.append("(?:");
                }
                case '}' -> {
                    regex.append(isInBraces ? ")" : "\\}");
                    isInBraces = false;
                }
                case ',' -> regex.append(isInBraces ? "|" : ",");
                default -> regex.append(Pattern.quote(String.valueOf(letter)));
            }
        }
        if (isInBraces) {
            throw new PatternSyntaxException("a { stays open", glob, glob.length());
        }
        return Pattern.compile(
                regex.toString(),
                Pattern.DOTALL
                        | (ignoringCase ? Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE : 0));
    }

    private static boolean startsName(String glob, int index) {
        return index == 0 || glob.charAt(index - 1) == '/';
    }
}
