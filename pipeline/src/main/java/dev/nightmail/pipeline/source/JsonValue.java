package dev.nightmail.pipeline.source;

import java.util.AbstractList;
import java.util.AbstractMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Lists and maps that a template shows as JSON, and may still walk into. */
final class JsonValue {

    private JsonValue() {}

    static final class OfList extends AbstractList<@Nullable Object> {
        private final List<@Nullable Object> elements;

        OfList(List<@Nullable Object> elements) {
            this.elements = elements;
        }

        @Override
        public @Nullable Object get(int index) {
            return elements.get(index);
        }

        @Override
        public int size() {
            return elements.size();
        }

        @Override
        public String toString() {
            return JsonMapper.shared().writeValueAsString(elements);
        }
    }

    static final class OfMap extends AbstractMap<String, @Nullable Object> {
        private final Map<String, @Nullable Object> values;

        OfMap(Map<String, @Nullable Object> values) {
            this.values = values;
        }

        @Override
        public Set<Entry<String, @Nullable Object>> entrySet() {
            return values.entrySet();
        }

        @Override
        public String toString() {
            return JsonMapper.shared().writeValueAsString(values);
        }
    }
}
