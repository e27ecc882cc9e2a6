package dev.nightmail.pipeline.definition;

import dev.nightmail.config.section.Alternatives;
import dev.nightmail.config.section.Key;
import dev.nightmail.config.section.YamlSection;
import dev.nightmail.pipeline.paths.PathRule;
import dev.nightmail.pipeline.source.SourceDefinition;
import dev.nightmail.pipeline.source.SourceProvider;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** {@code source}: one of the kinds there are, which reads its own keys. */
final class SourceSection {

    private final Alternatives<SourceProvider> kinds;
    private final Key<YamlSection> key;

    SourceSection(List<SourceProvider> providers) {
        var shapes =
                providers.stream().map(SourceProvider::shape).collect(Collectors.joining(" or "));
        this.kinds =
                new Alternatives<>(providers, SourceProvider::key, SourceProvider::keys, shapes);
        this.key =
                Key.of("source", kinds, "Where the records come from.").required("give " + shapes);
    }

    Key<YamlSection> key() {
        return key;
    }

    @Nullable SourceDefinition read(YamlSection root, PathRule paths) {
        var section = root.read(key);
        var kind = section == null ? null : kinds.chosen(section);
        return section == null || kind == null ? null : kind.read(section, paths);
    }
}
