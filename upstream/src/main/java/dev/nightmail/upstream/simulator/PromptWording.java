package dev.nightmail.upstream.simulator;

import dev.nightmail.upstream.schema.Wording;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;

/** Takes its words from the prompt: its own sentences come back, and its own words decide. */
final class PromptWording implements Wording {

    private static final int CHARACTERS_READ_MAX = 20_000;
    private static final int SENTENCES_MAX = 200;

    private static final Set<String> SHORT_NAMES =
            Set.of("title", "name", "label", "category", "topic", "keyword", "tag", "heading");

    private static final Set<String> GLAD =
            Set.of(
                    "good",
                    "great",
                    "love",
                    "loved",
                    "excellent",
                    "happy",
                    "best",
                    "perfect",
                    "wonderful",
                    "recommend",
                    "amazing",
                    "nice",
                    "enjoyed",
                    "beautiful",
                    "easy");
    private static final Set<String> SAD =
            Set.of(
                    "bad",
                    "poor",
                    "hate",
                    "hated",
                    "terrible",
                    "worst",
                    "broken",
                    "disappointed",
                    "disappointing",
                    "awful",
                    "never",
                    "waste",
                    "boring",
                    "difficult",
                    "refund");

    private final String text;
    private final List<String> sentences;
    private final List<String> words;

    PromptWording(String prompt) {
        text = prompt.substring(0, Math.min(prompt.length(), CHARACTERS_READ_MAX));
        sentences = sentences(text);
        words = words(text);
    }

    private static List<String> sentences(String text) {
        var sentences = new ArrayList<String>();
        int start = 0;
        for (int i = 0; i <= text.length() && sentences.size() < SENTENCES_MAX; i++) {
            boolean end = i == text.length() || "\n.!?".indexOf(text.charAt(i)) >= 0;
            if (end) {
                String sentence = text.substring(start, i).strip();
                if (sentence.length() > 2) {
                    sentences.add(sentence);
                }
                start = i + 1;
            }
        }
        return sentences;
    }

    private static List<String> words(String text) {
        var words = new ArrayList<String>();
        int start = -1;
        for (int i = 0; i <= text.length(); i++) {
            boolean letter = i < text.length() && Character.isLetterOrDigit(text.charAt(i));
            if (letter && start < 0) {
                start = i;
            } else if (!letter && start >= 0) {
                words.add(text.substring(start, i).toLowerCase(Locale.ROOT));
                start = -1;
            }
        }
        return words;
    }

    /** A few sentences of the prompt, from somewhere in it on, as one plausible paragraph. */
    static String paragraph(String prompt, RandomGenerator random) {
        String text = prompt.substring(0, Math.min(prompt.length(), CHARACTERS_READ_MAX));
        var sentences = sentences(text);
        if (sentences.isEmpty()) {
            return "There is nothing here to answer.";
        }
        int first = random.nextInt(sentences.size());
        int wanted = random.nextInt(1, 4);
        var out = new StringBuilder("In short:");
        for (int i = 0; i < Math.min(wanted, sentences.size()); i++) {
            out.append(' ')
                    .append(cut(sentences.get((first + i) % sentences.size()), 240))
                    .append('.');
        }
        return out.toString();
    }

    @Override
    public String text(String propertyName, int charactersMax, RandomGenerator random) {
        if (sentences.isEmpty()) {
            return cut("nothing", charactersMax);
        }
        String sentence = sentences.get(random.nextInt(sentences.size()));
        if (isShort(propertyName)) {
            sentence = firstWords(sentence, random.nextInt(1, 4));
        }
        return cut(sentence, charactersMax);
    }

    private static boolean isShort(String propertyName) {
        String name = propertyName.toLowerCase(Locale.ROOT);
        return SHORT_NAMES.contains(name)
                || SHORT_NAMES.contains(name.replaceFirst("s$", ""))
                || name.endsWith("_name");
    }

    private static String firstWords(String sentence, int count) {
        int end = 0;
        for (int i = 0; i < count && end >= 0; i++) {
            end = sentence.indexOf(' ', end + 1);
        }
        return end < 0 ? sentence : sentence.substring(0, end);
    }

    /** At most so many characters, no surrogate pair torn apart. */
    static String cut(String text, int charactersMax) {
        if (text.length() <= charactersMax) {
            return text;
        }
        int end = Math.max(0, charactersMax);
        return text.substring(
                0, end > 0 && Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end);
    }

    @Override
    public JsonNode choose(List<JsonNode> values, RandomGenerator random) {
        var best = new ArrayList<JsonNode>();
        long bestScore = Long.MIN_VALUE;
        for (var value : values) {
            long score = value.isString() ? affinity(value.stringValue()) : 0;
            if (score > bestScore) {
                best.clear();
                bestScore = score;
            }
            if (score == bestScore) {
                best.add(value);
            }
        }
        return best.get(random.nextInt(best.size()));
    }

    /** How much the prompt speaks of what a label names. */
    private long affinity(String label) {
        long score = 0;
        for (var part : words(label)) {
            score += 2 * words.stream().filter(word -> word.equals(part)).count();
            score +=
                    switch (part) {
                        case "positive", "happy", "good" -> mood();
                        case "negative", "unhappy", "bad" -> -mood();
                        default -> 0;
                    };
        }
        return score;
    }

    private long mood() {
        return words.stream().filter(GLAD::contains).count()
                - words.stream().filter(SAD::contains).count();
    }
}
