package dev.nightmail.pipeline.definition;

import dev.nightmail.config.section.YamlSection;
import dev.nightmail.config.yaml.EnvironmentValues;
import dev.nightmail.config.yaml.Problems;
import dev.nightmail.config.yaml.YamlDocument;
import dev.nightmail.config.yaml.YamlException;
import dev.nightmail.pipeline.cost.PriceFile;
import dev.nightmail.pipeline.natives.NativeLibraryException;
import dev.nightmail.pipeline.paths.NamedFile;
import dev.nightmail.pipeline.paths.PathRule;
import dev.nightmail.pipeline.source.SourceDefinition;
import dev.nightmail.pipeline.source.SourceException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads PIPELINE.yaml, or what stands for it in code. Goes through the whole file, and the files it
 * names, before it complains, so that one run of the reader shows all there is to mend.
 */
final class DefinitionReader {

    private final Path file;
    private final Path folder;
    private final PipelineKeys keys;
    private final Problems problems = new Problems();

    private DefinitionReader(Path file, PipelineKeys keys) {
        this.file = file.toAbsolutePath().normalize();
        this.folder = PipelineDefinition.folderOf(file);
        this.keys = keys;
    }

    static PipelineDefinition ofFile(Path file, Function<String, Optional<String>> variables) {
        var reader = new DefinitionReader(file, new PipelineKeys());
        return reader.read(
                reader.parsed(variables), List.of(new NamedFile("the pipeline file", reader.file)));
    }

    static PipelineDefinition ofCode(DefinitionInCode code) {
        var reader = new DefinitionReader(code.file(), code.pipelineKeys());
        code.problems().forEach(problem -> reader.problems.add(Problems.NO_LINE, problem));
        return reader.read(YamlDocument.of(code.keys()), List.of());
    }

    private PipelineDefinition read(YamlDocument document, List<NamedFile> itself) {
        var root = YamlSection.of(document, keys.all(), problems);
        boolean allowOutside = root.valueOf(PipelineKeys.ALLOW_OUTSIDE);
        var files = new ReferencedFiles(new PathRule(folder, allowOutside));
        itself.forEach(input -> files.add(input.key(), input.path()));
        var name = root.read(PipelineKeys.NAME);
        var source = keys.source().read(root, files.paths());
        var model = root.read(RequestKeys.MODEL);
        var maxTokens = RequestKeys.maxTokens(root);
        var system = PromptSection.system(root, files);
        var prompt = PromptSection.prompt(root, files);
        var truncations = PromptSection.truncations(root);
        var output = OutputSection.read(root, files);
        var sink = keys.sink().read(root, files, PipelineDefinition.nameOf(file));
        var pilot = PilotSection.read(root);
        var budget = BudgetSection.read(root);
        var retry = RetrySection.read(root);
        var params = RequestKeys.params(root);
        var terms = RequestKeys.terms(root);
        var prices = prices(root, files);
        var badRecords = root.read(PipelineKeys.BAD_RECORDS);
        var outputs = sink == null ? null : sink.places();
        if (sink != null && outputs != null) {
            new OutputRule(file, files.inputs(), files.paths()).check(sink, outputs);
        }
        root.refuseUnknownKeys();
        if (!problems.isEmpty() && source != null && sink != null && outputs != null) {
            tellConflicts(source, outputs, root, sink);
        }
        if (!problems.isEmpty()
                || source == null
                || model == null
                || prompt == null
                || outputs == null) {
            throw new DefinitionException(file, problems.lines());
        }
        return new PipelineDefinition(
                file,
                name == null ? PipelineDefinition.nameOf(file) : name,
                source,
                model,
                maxTokens,
                system,
                prompt,
                truncations,
                output,
                outputs,
                budget,
                retry,
                params,
                terms,
                root.valueOf(PromptSection.WITHOUT_FIELDS),
                allowOutside,
                files.inputs(),
                prices,
                badRecords == null ? BadRecords.DEFAULT : badRecords,
                root.valueOf(PipelineKeys.DEDUPE),
                pilot);
    }

    private YamlDocument parsed(Function<String, Optional<String>> variables) {
        try {
            var document = YamlDocument.parse(ReferencedFiles.text(file), problems);
            if (!document.root().isObject()) {
                throw refused(
                        "must be a mapping with the keys name, source, model, max_tokens, prompt, sink");
            }
            new EnvironmentValues(variables).putInto(document, problems, keys.verbatim());
            return document;
        } catch (IOException e) {
            throw refused("cannot be read: " + ReferencedFiles.reason(e));
        } catch (YamlException e) {
            throw refused(String.valueOf(e.getMessage()));
        }
    }

    private DefinitionException refused(String reason) {
        return new DefinitionException(file, List.of(reason));
    }

    private @Nullable Path prices(YamlSection root, ReferencedFiles files) {
        var key = PipelineKeys.PRICES.name();
        var named = root.read(PipelineKeys.PRICES);
        var path = named == null ? null : files.path(root, key, named);
        if (path != null) {
            files.add(key, path);
            PriceFile.problems(path).forEach(problem -> problems.add(root.line(key), problem));
        }
        return path;
    }

    /**
     * Tells also which outputs the source would read. This is looked at only where the file is
     * refused anyway: it opens the source, and of a file that is right the run looks at it, since
     * only that knows whether it writes a sample.
     */
    private void tellConflicts(
            SourceDefinition source,
            OutputPlaces outputs,
            YamlSection root,
            SinkSection.Read sink) {
        try {
            for (var conflict : outputs.conflicts(source)) {
                var key = conflict.substring(0, Math.max(0, conflict.indexOf(':')));
                problems.add(sink.line(OutputRule.nameIn(key)), conflict);
            }
        } catch (SourceException e) {
            problems.add(root.line("source"), String.valueOf(e.getMessage()));
        } catch (NativeLibraryException _) {
            // No fault of the file, and no reason to hide those it has: the run tells of it.
        }
    }
}
