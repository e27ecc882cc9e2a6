package dev.nightmail.api.batches;

import dev.nightmail.api.json.JsonScanner;
import dev.nightmail.api.json.JsonScanner.Kind;
import dev.nightmail.core.request.Breakpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32C;

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

    private static final int BYTES_PER_TOKEN = 4;
    private static final int TTL_BYTES_MAX = 16;

    private final byte[] array;
    private final int offset;
    private final JsonScanner json;
    private final CRC32C crc = new CRC32C();

    private int setting;
    private final Section tools = new Section();
    private final Section system = new Section();
    private final Section messages = new Section();
    private boolean marksAll;
    private boolean marksAllForAnHour;

    /** One of the three parts of a prompt. */
    private static final class Section {
        int from;
        int to;
        final List<Mark> marks = new ArrayList<>();
    }

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
            switch (name) {
                case "tools" -> section(tools, this::block);
                case "system" -> section(system, this::block);
                case "messages" -> section(messages, this::message);
                case "model", "thinking", "output_config", "tool_choice" -> {
                    json.kind();
                    int from = position();
                    json.skip();
                    // In whatever order they stand.
                    setting += mixed(name.hashCode(), from, position());
                }
                case MARK -> {
                    marksAll = true;
                    marksAllForAnHour = isForAnHour();
                }
                default -> json.skip();
            }
        }
    }

    private int position() {
        return (int) json.offset();
    }

    private void section(Section section, Element element) {
        if (json.kind() != Kind.ARRAY) {
            section.from = position();
            json.skip();
            section.to = position();
            return;
        }
        section.from = position();
        json.beginArray();
        while (json.nextElement()) {
            element.walk(section);
        }
        section.to = position();
    }

    private interface Element {
        void walk(Section section);
    }

    private void message(Section section) {
        if (json.kind() != Kind.OBJECT) {
            json.skip();
            return;
        }
        json.beginObject();
        for (var name = json.nextName(); name != null; name = json.nextName()) {
            if (name.equals("content") && json.kind() == Kind.ARRAY) {
                json.beginArray();
                while (json.nextElement()) {
                    block(section);
                }
            } else {
                json.skip();
            }
        }
    }

    /** A block, a tool: whatever may be marked. A mark inside counts for the whole of it. */
    private void block(Section section) {
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
            section.marks.add(new Mark(position(), forAnHour));
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
        boolean anyMarks =
                marksAll
                        || !tools.marks.isEmpty()
                        || !system.marks.isEmpty()
                        || !messages.marks.isEmpty();
        if (!anyMarks) {
            return unmarked();
        }
        if (marksAll) {
            messages.marks.add(new Mark(messages.to, marksAllForAnHour));
        }
        var found = new ArrayList<Breakpoint>();
        int hash = setting;
        int bytes = 0;
        for (var section : List.of(tools, system, messages)) {
            int from = section.from;
            for (var mark : section.marks) {
                hash = mixed(hash, from, mark.end());
                bytes += mark.end() - from;
                from = mark.end();
                found.add(new Breakpoint(hash, bytes / BYTES_PER_TOKEN, true, mark.forAnHour()));
            }
            hash = mixed(hash, from, section.to);
            bytes += section.to - from;
        }
        // More than are allowed are the request's own fault, and are refused when it is sent.
        return found.size() <= Breakpoint.PER_REQUEST_MAX
                ? found
                : found.subList(0, Breakpoint.PER_REQUEST_MAX);
    }

    private List<Breakpoint> unmarked() {
        int bytes = tools.to - tools.from + system.to - system.from;
        if (bytes == 0) {
            return List.of();
        }
        int hash = mixed(mixed(setting, tools.from, tools.to), system.from, system.to);
        return List.of(new Breakpoint(hash, bytes / BYTES_PER_TOKEN, false, false));
    }

    private int mixed(int hash, int from, int to) {
        crc.reset();
        crc.update(array, offset + from, to - from);
        long mixed = (31L * hash + (int) crc.getValue()) * 0x9E37_79B9_7F4A_7C15L + to - from;
        return (int) (mixed >>> 32);
    }
}
