package dev.nightmail.pipeline.sink;

import dev.nightmail.config.section.Keys;
import dev.nightmail.config.section.YamlSection;
import dev.nightmail.pipeline.paths.PathRule;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * A kind of sink. Found by {@link ServiceLoader}, the built-in ones too, so that a new kind is a
 * class of its own, a line in {@code META-INF/services} and a page in the docs. Has a public
 * constructor without parameters.
 */
public interface SinkProvider {

    /** The key below {@code sink} that names this kind, such as {@code file}. */
    String key();

    /** How it is written, for messages: {@code { file: results.jsonl }}. */
    String shape();

    /**
     * The keys of {@code sink} that this kind reads, {@link #key} among them, without those that
     * all kinds have ({@code failed}, {@code report}): they say what the schema of the pipeline
     * file says. A kind that declares none is described as a mapping in which anything may stand.
     */
    default Keys keys() {
        return Keys.OPEN;
    }

    /**
     * Reads {@code sink}, in which {@link #key} stands. Opens nothing. A kind that declares no keys
     * reads every key it knows, so that the rest can be refused.
     *
     * @param sink problems are told to it, a line each
     * @param paths where relative paths start
     * @param pipeline the pipeline's name, for the file of a sample
     * @return null if there was a problem
     */
    @Nullable SinkDefinition read(YamlSection sink, PathRule paths, String pipeline);

    /** Every kind there is, by name. */
    static List<SinkProvider> all() {
        return ServiceLoader.load(SinkProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .sorted(Comparator.comparing(SinkProvider::key))
                .toList();
    }
}
