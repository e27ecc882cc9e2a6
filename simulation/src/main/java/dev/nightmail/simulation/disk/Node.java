package dev.nightmail.simulation.disk;

import java.util.NavigableMap;
import java.util.TreeMap;

/** What a name stands for. */
sealed interface Node permits FileNode, Node.Folder {

    /** No record: two folders with the same names in them are two. */
    final class Folder implements Node {
        private final NavigableMap<String, Node> names = new TreeMap<>();
        private final NavigableMap<String, Node> stored = new TreeMap<>();

        /** As the processes see it. */
        NavigableMap<String, Node> names() {
            return names;
        }

        /** As the disk has it. */
        NavigableMap<String, Node> stored() {
            return stored;
        }
    }
}
