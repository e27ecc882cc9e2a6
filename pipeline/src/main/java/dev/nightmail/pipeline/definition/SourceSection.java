package dev.nightmail.pipeline.definition;

import dev.nightmail.config.section.Alternatives;
import dev.nightmail.config.section.Key;
import dev.nightmail.config.section.Keys;
import dev.nightmail.config.section.YamlSection;
import dev.nightmail.pipeline.paths.PathRule;
import dev.nightmail.pipeline.source.SourceDefinition;
import dev.nightmail.pipeline.source.SourceProvider;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** {@code source}: one of the kinds there are, which reads its own keys. */
final class SourceSection {

    private final List<SourceProvider> providers;
    private final Key<YamlSection> key;

    SourceSection(List<SourceProvider> providers) {
        this.providers = providers;
        var shapes =
                providers.stream().map(SourceProvider::shape).collect(Collectors.joining(" or "));
        var kinds = new LinkedHashMap<String, Keys>();
        providers.forEach(provider -> kinds.put(provider.key(), provider.keys()));
        this.key =
                Key.of("source", new Alternatives(kinds, shapes), "Where the records come from.")
                        .required("give " + shapes);
    }

    Key<YamlSection> key() {
        return key;
    }

    @Nullable SourceDefinition read(YamlSection root, PathRule paths) {
        var section = root.read(key);
        if (section == null) {
            return null;
        }
        var given = providers.stream().filter(provider -> section.has(provider.key())).toList();
        if (given.size() != 1) {
            // Whatever belongs to any of them is not unknown.
            providers.forEach(provider -> provider.keys().names().forEach(section::has));
            root.problem(
                    key.name(),
                    "needs exactly one of "
                            + providers.stream()
                                    .map(SourceProvider::key)
                                    .collect(Collectors.joining(" or ")));
            return null;
        }
        var provider = given.getFirst();
        section.declare(provider.keys());
        return provider.read(section, paths);
    }
}
