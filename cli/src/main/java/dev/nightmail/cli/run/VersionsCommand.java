package dev.nightmail.cli.run;

import dev.nightmail.cli.command.CommandException;
import dev.nightmail.cli.command.CommonOptions;
import dev.nightmail.cli.command.Console;
import dev.nightmail.cli.command.ExitCode;
import dev.nightmail.cli.surroundings.Surroundings;
import dev.nightmail.cli.text.Figures;
import dev.nightmail.cli.text.Table;
import dev.nightmail.cli.text.Table.Align;
import dev.nightmail.pipeline.definition.PipelineDefinition;
import dev.nightmail.pipeline.prompt.PromptVersion;
import dev.nightmail.pipeline.run.PromptVersions;
import dev.nightmail.pipeline.state.StoredPrompt;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code versions}: the prompts a pipeline was run with. */
@Command(
        name = "versions",
        sortOptions = false,
        abbreviateSynopsis = true,
        description = {
            "Show the prompts that a pipeline was run with, or one of them in full.",
            "That is prompt, system prompt, schema and model. A version is what the column",
            "prompt_version names."
        },
        footerHeading = "%nExit codes: ",
        footer = {"0 shown; 1 failed, or there is no such version; 2 wrong usage."})
public final class VersionsCommand implements Callable<Integer> {

    private final Surroundings surroundings;
    private final Console console;

    @Parameters(index = "0", paramLabel = "PIPELINE.yaml", description = "The pipeline.")
    @SuppressWarnings("NullAway.Init") // picocli sets it, or refuses the command line.
    private Path pipeline;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "VERSION",
            description = "The one to show in full; its beginning will do.")
    private @Nullable String wanted;

    @Mixin private CommonOptions common = new CommonOptions();

    public VersionsCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.console = new Console(surroundings);
    }

    @Override
    public Integer call() {
        var definition =
                PipelineDefinition.read(
                        surroundings.folder().resolve(pipeline), surroundings::variable);
        var versions = PromptVersions.read(definition);
        if (wanted != null) {
            var version = find(versions.all(), wanted);
            if (common.json()) {
                console.json(json(version, versions));
            } else {
                tell(version);
            }
        } else if (common.json()) {
            versions.all().forEach(version -> console.json(json(version, versions)));
        } else if (versions.all().isEmpty()) {
            console.note(definition.name() + " has not been run yet, so it has no versions.");
        } else {
            table(versions).lines().forEach(console::result);
        }
        return ExitCode.DONE;
    }

    private static StoredPrompt find(List<StoredPrompt> all, String beginning) {
        var found = all.stream().filter(one -> one.version().startsWith(beginning)).toList();
        if (found.size() == 1) {
            return found.getFirst();
        }
        throw CommandException.failed(
                found.isEmpty()
                        ? "there is no version %s: nightmail versions without it lists them"
                                .formatted(beginning)
                        : "%d versions begin with %s: name more of it"
                                .formatted(found.size(), beginning));
    }

    private static Table table(PromptVersions versions) {
        var table =
                new Table(Align.LEFT, Align.LEFT, Align.LEFT, Align.RIGHT, Align.LEFT)
                        .row("version", "since", "model", "answers", "");
        for (var version : versions.all()) {
            table.row(
                    new PromptVersion(version.version()).brief(),
                    Figures.time(version.firstAt()),
                    model(version),
                    Figures.count(version.answers()),
                    version.version().equals(versions.current()) ? "as the file is now" : "");
        }
        return table;
    }

    private static String model(StoredPrompt version) {
        return version.shape() == null
                ? version.model()
                : JsonMapper.shared().readTree(version.shape()).path("model").asString();
    }

    private void tell(StoredPrompt version) {
        var shape = version.shape();
        var facts =
                new Table(Align.LEFT, Align.LEFT)
                        .row("version", version.version())
                        .row("since", Figures.time(version.firstAt()))
                        .row("model", model(version))
                        .row("answers", Figures.count(version.answers()));
        if (shape == null) {
            facts.lines().forEach(console::result);
            console.result("");
            console.result("An earlier release ran it, which did not keep its text.");
            return;
        }
        var rest = (ObjectNode) JsonMapper.shared().readTree(shape);
        rest.remove("model");
        var prompt = rest.remove("prompt").asString();
        var system = rest.remove("system");
        var schema = rest.remove("output_config");
        rest.properties()
                .forEach(part -> {
                    if (!part.getValue().isEmpty() || part.getValue().isValueNode()) {
                        facts.row(part.getKey(), plain(part.getValue()));
                    }
                });
        facts.lines().forEach(console::result);
        block("prompt", prompt);
        if (system != null) {
            block("system", system.path(0).path("text").asString());
        }
        if (schema != null) {
            block("schema", schema.at("/format/schema").toPrettyString());
        }
    }

    private static String plain(JsonNode value) {
        return value.isString() ? value.asString().replace('\0', ' ') : value.toString();
    }

    private void block(String name, String text) {
        console.result("");
        console.result(name + ":");
        text.lines().forEach(line -> console.result("  " + line));
    }

    private static ObjectNode json(StoredPrompt version, PromptVersions versions) {
        var json =
                JsonMapper.shared()
                        .createObjectNode()
                        .put("version", version.version())
                        .put("since", version.firstAt().toString())
                        .put("model", model(version))
                        .put("answers", version.answers())
                        .put("current", version.version().equals(versions.current()));
        var shape = version.shape();
        json.set(
                "request",
                shape == null
                        ? JsonMapper.shared().nullNode()
                        : JsonMapper.shared().readTree(shape));
        return json;
    }
}
