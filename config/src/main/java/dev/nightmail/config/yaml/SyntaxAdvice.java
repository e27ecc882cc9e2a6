package dev.nightmail.config.yaml;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;

/**
 * Says what is wrong with a text that is no YAML. What is easily mended is said in our own words;
 * the parser's are about its inner life, and quote the file, which may be a prompt or hold a
 * secret.
 */
final class SyntaxAdvice {

    private static final Pattern UNQUOTED_FIELD = Pattern.compile("([\\w-]+):\\s*\\{\\{");
    private static final Pattern PLACE = Pattern.compile("in reader, line (\\d+), column \\d+");
    private static final Pattern BEGINNING =
            Pattern.compile("found character '(.)' that cannot start any token");

    private SyntaxAdvice() {}

    static String of(String text, JacksonException failure) {
        var words = String.valueOf(failure.getOriginalMessage());
        int number = line(words, failure);
        var where = number < 1 ? "" : "line " + number + ": ";
        return where + advice(words, lineOf(text, number));
    }

    private static String advice(String words, String line) {
        var unquoted = UNQUOTED_FIELD.matcher(line);
        if (unquoted.find()) {
            return "a text that begins with {{ needs quotes: %s: \"{{…}}\""
                    .formatted(unquoted.group(1));
        }
        if (words.contains("\\t(TAB)")) {
            return "is indented with a tab: use spaces";
        }
        var beginning = BEGINNING.matcher(words);
        if (beginning.find()) {
            return "a text that begins with %s needs quotes".formatted(beginning.group(1));
        }
        if (words.contains("while scanning an alias")) {
            return "a text that begins with * needs quotes";
        }
        if (words.contains("mapping values are not allowed here")) {
            return "a text with a colon and a space in it needs quotes, and a key must be indented like its neighbours";
        }
        return "is not valid YAML: " + withoutQuotations(words);
    }

    /**
     * Where a text that never ends began, and otherwise where the parser could not go on: the
     * places in its message are more exact than its own.
     */
    private static int line(String words, JacksonException failure) {
        var places =
                PLACE.matcher(words)
                        .results()
                        .map(place -> Integer.parseInt(place.group(1)))
                        .toList();
        if (places.isEmpty()) {
            return failure.getLocation() == null ? 0 : failure.getLocation().getLineNr();
        }
        return words.startsWith("while scanning") ? places.getFirst() : places.getLast();
    }

    private static String lineOf(String text, int number) {
        List<String> lines = text.lines().toList();
        return number < 1 || number > lines.size() ? "" : lines.get(number - 1);
    }

    private static String withoutQuotations(String words) {
        return words.lines()
                .filter(line -> !line.isBlank() && !line.startsWith(" "))
                .collect(Collectors.joining(", "));
    }
}
