package dev.nightmail.api.batches;

import dev.nightmail.core.request.Breakpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Where the parts of a prompt stand that decide whether a cached prefix fits: its sections, and the
 * settings that are part of every prefix. Offsets count from the beginning of the params.
 */
final class PromptParts {

    private static final int BYTES_PER_TOKEN = 4;

    /** The bytes of a value; nothing, as long as it has not been seen. */
    record Part(int from, int to) {
        static final Part NONE = new Part(0, 0);

        int length() {
            return to - from;
        }
    }

    private record Setting(String name, Part part) {}

    private Part tools = Part.NONE;
    private Part system = Part.NONE;
    private Part messages = Part.NONE;
    private final List<Setting> settings = new ArrayList<>(2);

    /** Whether a member is one of these parts. */
    static boolean isPart(String name) {
        return switch (name) {
            case "tools",
                    "system",
                    "messages",
                    "model",
                    "thinking",
                    "output_config",
                    "tool_choice" ->
                    true;
            default -> false;
        };
    }

    void add(String name, Part part) {
        switch (name) {
            case "tools" -> tools = part;
            case "system" -> system = part;
            case "messages" -> messages = part;
            default -> settings.add(new Setting(name, part));
        }
    }

    Part tools() {
        return tools;
    }

    Part system() {
        return system;
    }

    Part messages() {
        return messages;
    }

    /** The breakpoint of a request that marks none: the end of what many have in common. */
    List<Breakpoint> unmarked(byte[] array, int offset) {
        int bytes = tools.length() + system.length();
        if (bytes == 0) {
            return List.of();
        }
        var hash = new Hash(array, offset);
        hash.addAll(settings);
        hash.add(tools);
        hash.add(system);
        return List.of(new Breakpoint(hash.value(), bytes / BYTES_PER_TOKEN, false, false));
    }

    /** A hash that holds the settings, to which what comes first in a prompt is added first. */
    Hash hash(byte[] array, int offset) {
        var hash = new Hash(array, offset);
        hash.addAll(settings);
        return hash;
    }

    /** The hash of a prefix, as far as it has been added. */
    static final class Hash {

        private final byte[] array;
        private final int offset;
        private final CRC32C crc = new CRC32C();
        private int value;
        private int bytes;

        private Hash(byte[] array, int offset) {
            this.array = array;
            this.offset = offset;
        }

        private void addAll(List<Setting> settings) {
            int sum = 0;
            for (var setting : settings) {
                // In whatever order they stand.
                sum += mixed(setting.name().hashCode(), setting.part());
            }
            value = sum;
        }

        void add(Part part) {
            value = mixed(value, part);
            bytes += part.length();
        }

        int value() {
            return value;
        }

        /** An estimate of what has been added. */
        int tokens() {
            return bytes / BYTES_PER_TOKEN;
        }

        private int mixed(int before, Part part) {
            crc.reset();
            crc.update(array, offset + part.from(), part.length());
            long mixed =
                    (31L * before + (int) crc.getValue()) * 0x9E37_79B9_7F4A_7C15L + part.length();
            return (int) (mixed >>> 32);
        }
    }
}
