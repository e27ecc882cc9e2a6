package dev.nightmail.pipeline.source;

import dev.nightmail.config.section.Keys;
import dev.nightmail.config.section.YamlSection;
import dev.nightmail.pipeline.paths.PathRule;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * A kind of source. Found by {@link ServiceLoader}, the built-in ones too, so that a new kind is a
 * class of its own, a line in {@code META-INF/services} and a page in the docs. Has a public
 * constructor without parameters.
 */
public interface SourceProvider {

    /** The key below {@code source} that names this kind, such as {@code files}. */
    String key();

    /** How it is written, for messages: {@code { files: … }}. */
    String shape();

    /**
     * The keys of {@code source} that this kind reads, {@link #key} among them: they say what the
     * schema of the pipeline file says. A kind that declares none is described as a mapping in
     * which anything may stand.
     */
    default Keys keys() {
        return Keys.OPEN;
    }

    /**
     * Reads {@code source}, in which {@link #key} stands. Opens nothing. A kind that declares no
     * keys reads every key it knows, so that the rest can be refused.
     *
     * @param source problems are told to it, a line each
     * @param paths where relative paths start, and which are allowed
     * @return null if there was a problem
     */
    @Nullable SourceDefinition read(YamlSection source, PathRule paths);

    /** Every kind there is, by name. */
    static List<SourceProvider> all() {
        return ServiceLoader.load(SourceProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .sorted(Comparator.comparing(SourceProvider::key))
                .toList();
    }
}
