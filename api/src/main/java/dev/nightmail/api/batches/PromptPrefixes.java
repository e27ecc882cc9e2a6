package dev.nightmail.api.batches;

import dev.nightmail.api.batches.PromptParts.Part;
import dev.nightmail.api.json.JsonScanner;
import dev.nightmail.api.json.JsonScanner.Kind;
import dev.nightmail.core.request.Breakpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Finds the places in a prompt up to which a service can cache it (wire contract, section 7): those
 * that its {@code cache_control} marks, or, if it marks none, the end of what many requests have in
 * common, its tools and its system prompt.
 *
 * <p>A service counts in the order tools, system, messages, whatever their order in the JSON. What
 * else decides whether a cached prompt fits (the model, thinking, effort, the choice of tools) is
 * part of every hash. Two requests are alike if their bytes are: who writes the same prompt in two
 * ways gets two groups.
 */
final class PromptPrefixes {

    static final String MARK = "cache_control";

    private static final int TTL_BYTES_MAX = 16;

    private final byte[] array;
    private final int offset;
    private final JsonScanner json;
    private final PromptParts parts = new PromptParts();
    private final List<Mark> toolMarks = new ArrayList<>();
    private final List<Mark> systemMarks = new ArrayList<>();
    private final List<Mark> messageMarks = new ArrayList<>();
    private boolean marksAll;
    private boolean marksAllForAnHour;

    /**
     * @param end where the block ends that has it
     */
    private record Mark(int end, boolean forAnHour) {}

    private PromptPrefixes(byte[] array, int offset, int length) {
        this.array = array;
        this.offset = offset;
        this.json = JsonScanner.of(array, offset, length);
    }

    /**
     * The breakpoints of a request, from the shortest prefix on.
     *
     * @param params valid JSON, from {@code offset}, {@code length} bytes: an object
     */
    static List<Breakpoint> of(byte[] params, int offset, int length) {
        var prefixes = new PromptPrefixes(params, offset, length);
        prefixes.walk();
        return prefixes.breakpoints();
    }

    private void walk() {
        json.beginObject();
        for (var name = json.nextName(); name != null; name = json.nextName()) {
            if (name.equals(MARK)) {
                marksAll = true;
                marksAllForAnHour = isForAnHour();
                continue;
            }
            json.kind();
            int from = position();
            switch (name) {
                case "tools" -> elements(() -> block(toolMarks));
                case "system" -> elements(() -> block(systemMarks));
                case "messages" -> elements(this::message);
                default -> json.skip();
            }
            if (PromptParts.isPart(name)) {
                parts.add(name, new Part(from, position()));
            }
        }
    }

    private int position() {
        return (int) json.offset();
    }

    private void elements(Runnable element) {
        if (json.kind() != Kind.ARRAY) {
            json.skip();
            return;
        }
        json.beginArray();
        while (json.nextElement()) {
            element.run();
        }
    }

    private void message() {
        if (json.kind() != Kind.OBJECT) {
            json.skip();
            return;
        }
        json.beginObject();
        for (var name = json.nextName(); name != null; name = json.nextName()) {
            if (name.equals("content") && json.kind() == Kind.ARRAY) {
                json.beginArray();
                while (json.nextElement()) {
                    block(messageMarks);
                }
            } else {
                json.skip();
            }
        }
    }

    /** A block, a tool: whatever may be marked. A mark inside counts for the whole of it. */
    private void block(List<Mark> marks) {
        if (json.kind() != Kind.OBJECT) {
            json.skip();
            return;
        }
        boolean marked = false;
        boolean forAnHour = false;
        json.watchFor(MARK);
        json.beginObject();
        for (var name = json.nextName(); name != null; name = json.nextName()) {
            if (name.equals(MARK) && json.kind() == Kind.OBJECT) {
                marked = true;
                forAnHour = isForAnHour();
            } else {
                json.skip();
            }
        }
        if (marked || json.sawWatchedName()) {
            marks.add(new Mark(position(), forAnHour));
        }
    }

    private boolean isForAnHour() {
        if (json.kind() != Kind.OBJECT) {
            json.skip();
            return false;
        }
        boolean forAnHour = false;
        json.beginObject();
        for (var name = json.nextName(); name != null; name = json.nextName()) {
            if (name.equals("ttl") && json.kind() == Kind.STRING) {
                var ttl = json.string(TTL_BYTES_MAX);
                forAnHour = ttl != null && ttl.toLowerCase(Locale.ROOT).equals("1h");
            } else {
                json.skip();
            }
        }
        return forAnHour;
    }

    private List<Breakpoint> breakpoints() {
        if (marksAll) {
            messageMarks.add(new Mark(parts.messages().to(), marksAllForAnHour));
        }
        if (toolMarks.isEmpty() && systemMarks.isEmpty() && messageMarks.isEmpty()) {
            return parts.unmarked(array, offset);
        }
        var found = new ArrayList<Breakpoint>();
        var hash = parts.hash(array, offset);
        add(parts.tools(), toolMarks, hash, found);
        add(parts.system(), systemMarks, hash, found);
        add(parts.messages(), messageMarks, hash, found);
        // More than are allowed are the request's own fault, and are refused when it is sent.
        return found.size() <= Breakpoint.PER_REQUEST_MAX
                ? found
                : found.subList(0, Breakpoint.PER_REQUEST_MAX);
    }

    private static void add(
            Part section, List<Mark> marks, PromptParts.Hash hash, List<Breakpoint> found) {
        int from = section.from();
        for (var mark : marks) {
            hash.add(new Part(from, mark.end()));
            from = mark.end();
            found.add(new Breakpoint(hash.value(), hash.tokens(), true, mark.forAnHour()));
        }
        hash.add(new Part(from, section.to()));
    }
}
