package dev.nightmail.api.check;

import dev.nightmail.api.json.JsonScanner;
import dev.nightmail.api.json.JsonScanner.Kind;
import org.jspecify.annotations.Nullable;

/**
 * One pass over a message, for what the generation of 2026-10-21 refuses in it: a {@code document}
 * block in an assistant's message, and a text block with citations in a user's, directly or inside
 * a {@code search_result}. Members come in any order, so what depends on another is judged at the
 * end.
 */
final class MessageWalk {

    private static final int WORD_BYTES_MAX = 64;
    private static final int NOWHERE = -1;

    private final JsonScanner json;
    private final int number;
    private final Problems problems;
    private int documentAt = NOWHERE;
    private int citationsAt = NOWHERE;

    /** Which part of the block has the citations; nowhere if the block itself has them. */
    private int citationsInside = NOWHERE;

    MessageWalk(JsonScanner json, int number, Problems problems) {
        this.json = json;
        this.number = number;
        this.problems = problems;
    }

    void walk() {
        if (json.kind() != Kind.OBJECT) {
            problems.add("messages." + number, "Input should be an object");
            json.skip();
            return;
        }
        String role = null;
        json.beginObject();
        for (var name = json.nextName(); name != null; name = json.nextName()) {
            switch (name) {
                case "role" -> role = word();
                case "content" -> content();
                default -> json.skip();
            }
        }
        if ("assistant".equals(role) && documentAt != NOWHERE) {
            problems.add(
                    "messages.%d.content.%d".formatted(number, documentAt),
                    "a document block cannot be in an assistant message");
        }
        if ("user".equals(role) && citationsAt != NOWHERE) {
            problems.add(
                    "messages.%d.content.%d%s"
                            .formatted(
                                    number,
                                    citationsAt,
                                    citationsInside == NOWHERE
                                            ? ".citations"
                                            : ".content." + citationsInside + ".citations"),
                    "a text block in a user message cannot have citations");
        }
    }

    private void content() {
        if (json.kind() != Kind.ARRAY) {
            json.skip();
            return;
        }
        json.beginArray();
        for (int at = 0; json.nextElement(); at++) {
            block(at);
        }
    }

    private void block(int at) {
        if (json.kind() != Kind.OBJECT) {
            json.skip();
            return;
        }
        String type = null;
        boolean cites = false;
        int citesInside = NOWHERE;
        json.beginObject();
        for (var name = json.nextName(); name != null; name = json.nextName()) {
            switch (name) {
                case "type" -> type = word();
                case "citations" -> cites = isFilledArray();
                case "content" -> citesInside = citingText();
                default -> json.skip();
            }
        }
        if ("document".equals(type) && documentAt == NOWHERE) {
            documentAt = at;
        }
        boolean citing = "text".equals(type) && cites;
        boolean citingInside = "search_result".equals(type) && citesInside != NOWHERE;
        if ((citing || citingInside) && citationsAt == NOWHERE) {
            citationsAt = at;
            citationsInside = citingInside ? citesInside : NOWHERE;
        }
    }

    /** Where in the array that comes next the first text with citations is. */
    private int citingText() {
        if (json.kind() != Kind.ARRAY) {
            json.skip();
            return NOWHERE;
        }
        int found = NOWHERE;
        json.beginArray();
        for (int at = 0; json.nextElement(); at++) {
            if (isCitingText() && found == NOWHERE) {
                found = at;
            }
        }
        return found;
    }

    private boolean isCitingText() {
        if (json.kind() != Kind.OBJECT) {
            json.skip();
            return false;
        }
        boolean text = false;
        boolean cites = false;
        json.beginObject();
        for (var name = json.nextName(); name != null; name = json.nextName()) {
            switch (name) {
                case "type" -> text = "text".equals(word());
                case "citations" -> cites = isFilledArray();
                default -> json.skip();
            }
        }
        return text && cites;
    }

    private boolean isFilledArray() {
        if (json.kind() != Kind.ARRAY) {
            json.skip();
            return false;
        }
        boolean filled = false;
        json.beginArray();
        while (json.nextElement()) {
            filled = true;
            json.skip();
        }
        return filled;
    }

    /** A short string; null if something else stands there. */
    private @Nullable String word() {
        if (json.kind() == Kind.STRING) {
            return json.string(WORD_BYTES_MAX);
        }
        json.skip();
        return null;
    }
}
