package dev.nightmail.pipeline.definition;

import dev.nightmail.config.section.Key;
import dev.nightmail.config.section.Keys;
import dev.nightmail.config.section.Kinds;
import dev.nightmail.pipeline.sink.SinkProvider;
import dev.nightmail.pipeline.source.SourceProvider;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** All keys of a pipeline file: those of the sections, and what stands between them. */
final class PipelineKeys {

    static final Key<String> NAME =
            Key.of(
                    "name",
                    Kinds.text(),
                    "Stands in summary and report; the file's name without its ending unless it is given.");
    static final Key<String> PRICES =
            Key.of(
                    "prices",
                    Kinds.text(),
                    "A file with prices of your own, which come before the shipped ones.");
    static final Key<BadRecords> BAD_RECORDS =
            Key.of(
                    "bad-records",
                    BadRecords.KIND,
                    "How many records may be unusable before the run stops: a number (100) or a share (1%); 1%, and 10 in any case, unless it is given.");
    static final Key<Boolean> DEDUPE =
            Key.of(
                            "dedupe",
                            Kinds.flag(),
                            "Records that ask exactly the same are asked once: all of them get the answer, which is charged once.")
                    .orElse(false);
    static final Key<Boolean> ALLOW_OUTSIDE =
            Key.of("allow-outside", Kinds.flag(), "Paths may lead out of the pipeline's folder.")
                    .orElse(false);

    private final SourceSection source;
    private final SinkSection sink;
    private final Keys all;

    PipelineKeys() {
        this(SourceProvider.all(), SinkProvider.all());
    }

    /**
     * @param sources the kinds of sources there are
     * @param sinks the kinds of sinks there are
     */
    PipelineKeys(List<SourceProvider> sources, List<SinkProvider> sinks) {
        source = new SourceSection(sources);
        sink = new SinkSection(sinks);
        all =
                Keys.of(
                                NAME,
                                source.key(),
                                BAD_RECORDS,
                                DEDUPE,
                                RequestKeys.MODEL,
                                RequestKeys.MAX_TOKENS,
                                PromptSection.SYSTEM,
                                PromptSection.PROMPT,
                                PromptSection.WITHOUT_FIELDS,
                                PromptSection.TRUNCATE,
                                OutputSection.KEY,
                                sink.key(),
                                sink.listKey(),
                                ALLOW_OUTSIDE,
                                PilotSection.KEY,
                                BudgetSection.KEY,
                                RetrySection.KEY,
                                RequestKeys.BETAS,
                                RequestKeys.VERSION_KEY,
                                PRICES,
                                RequestKeys.PARAMS)
                        .and(SinkSection.BESIDE)
                        .withOneOf(sink.key(), sink.listKey());
    }

    Keys all() {
        return all;
    }

    SourceSection source() {
        return source;
    }

    SinkSection sink() {
        return sink;
    }

    /** Texts that a model reads: a dollar sign in them is the author's own. */
    Set<String> verbatim() {
        var verbatim = new LinkedHashSet<String>();
        all.all().stream().filter(Key::verbatim).forEach(key -> verbatim.add(key.name()));
        return verbatim;
    }
}
