package dev.nightmail.config.section;

import dev.nightmail.config.yaml.YamlValue;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What stands behind a key whose value is short or has parts. */
public sealed interface TextOrSection {

    /** All of it. */
    record Text(String text) implements TextOrSection {}

    /** Its parts. */
    record Section(YamlSection section) implements TextOrSection {}

    /** See {@link Kinds#textOrSection}. */
    record Reader(Keys keys, String example) implements Kind<TextOrSection> {
        @Override
        public @Nullable TextOrSection read(YamlValue value) {
            if (value.node().isObject()) {
                return new Section(new YamlSection(value, keys));
            }
            if (value.node().isString() && !value.node().stringValue().isBlank()) {
                return new Text(value.node().stringValue());
            }
            value.wrongKind("a text, or a mapping like " + example);
            return null;
        }

        @Override
        public void describe(ObjectNode schema, boolean variables) {
            var forms = schema.putArray("anyOf");
            Kinds.text().describe(forms.addObject(), variables);
            keys.describe(forms.addObject(), variables);
        }
    }
}
