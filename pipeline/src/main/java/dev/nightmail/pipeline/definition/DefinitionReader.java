package dev.nightmail.pipeline.definition;

import dev.nightmail.pipeline.client.CallTerms;
import dev.nightmail.pipeline.paths.NamedFile;
import dev.nightmail.pipeline.paths.PathRule;
import dev.nightmail.pipeline.sink.SinkProvider;
import dev.nightmail.pipeline.source.SourceDefinition;
import dev.nightmail.pipeline.source.SourceProvider;
import dev.nightmail.pipeline.yaml.EnvironmentValues;
import dev.nightmail.pipeline.yaml.YamlSection;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Reads PIPELINE.yaml. Goes through the whole file before it complains, so that one run of the
 * reader shows all there is to mend.
 */
final class DefinitionReader {

    private static final YAMLMapper YAML =
            YAMLMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    private static final Pattern UNQUOTED_FIELD = Pattern.compile("([\\w-]+):\\s*\\{\\{");
    private static final Pattern TOKENS = Pattern.compile("([0-9]{1,9}) tokens?");

    /** The largest output any model has, with the 300k beta (wire contract, section 1.5). */
    private static final int MAX_TOKENS_MAX = 300_000;

    private static final int RETRIES_MAX = 100;

    /** Results are there for 29 days at most (wire contract, section 1.3). */
    private static final Duration MISSING_MAX = Duration.ofDays(29);

    /** So much of a header no proxy refuses. */
    private static final int BETAS_MAX = 20;

    private static final Pattern BETA = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
    private static final Pattern VERSION = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");

    /** Where a server inside the process keeps its batches while a run is under way. */
    private static final String SERVER_FOLDER = ".nightmail";

    /** What the reader itself puts into a request, and what a batch refuses. */
    private static final Set<String> RESERVED_PARAMS =
            Set.of("model", "max_tokens", "system", "messages", "output_config", "stream");

    /** Texts that a model reads: a dollar sign in them is the author's own. */
    private static final Set<String> SENT_VERBATIM = Set.of("prompt", "system");

    private final Path file;
    private final Path folder;
    private final Function<String, Optional<String>> variables;
    private final List<String> problems = new ArrayList<>();
    private final List<NamedFile> inputs = new ArrayList<>();
    private boolean allowOutside;

    DefinitionReader(Path file, Function<String, Optional<String>> variables) {
        this.variables = variables;
        this.file = file.toAbsolutePath().normalize();
        this.folder = PipelineDefinition.folderOf(file);
    }

    PipelineDefinition read() {
        var root = root();
        inputs.add(new NamedFile("the pipeline file", file));
        allowOutside = root.flag("allow-outside");
        var name = root.has("name") ? root.text("name") : nameOfFile();
        var source = source(root);
        var model = root.has("model") ? root.text("model") : missingModel(root);
        if (!root.has("max_tokens")) {
            root.problem("max_tokens", "is missing: give the longest answer in tokens");
        }
        var maxTokens = root.wholeNumber("max_tokens", 1, MAX_TOKENS_MAX, 1);
        var system = system(root);
        var prompt = prompt(root);
        var truncations = truncations(root);
        var output = output(root);
        var outputs = outputs(root, nameOfFile());
        var budget = budget(root);
        var retry = retry(root);
        var params = params(root);
        var terms = terms(root);
        var prices = root.text("prices");
        var priceFile = prices == null ? null : path(root, "prices", prices);
        if (priceFile != null) {
            inputs.add(new NamedFile("prices", priceFile));
        }
        var badRecords = badRecords(root);
        var promptWithoutFields = root.flag("prompt-without-fields");
        if (outputs != null) {
            checkOutputs(outputs);
        }
        root.refuseUnknownKeys();
        if (!problems.isEmpty()
                || name == null
                || source == null
                || model == null
                || prompt == null
                || outputs == null) {
            throw new DefinitionException(file, problems);
        }
        return new PipelineDefinition(
                file,
                name,
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
                promptWithoutFields,
                allowOutside,
                inputs,
                priceFile,
                badRecords);
    }

    /** No output may be a file the pipeline is made of, be it under another name. */
    private void checkOutputs(OutputPlaces outputs) {
        var refused = new HashSet<String>();
        for (var output : outputs.files()) {
            if (isRefused(output)) {
                refused.add(output.key());
            }
        }
        for (var output : outputs.sample().files()) {
            if (!refused.contains(output.key())) {
                isRefused(output);
            }
        }
        var places = outputs.files();
        for (int first = 0; first < places.size(); first++) {
            for (int second = first + 1; second < places.size(); second++) {
                if (PathRule.same(places.get(first).path(), places.get(second).path())) {
                    problems.add(
                            places.get(first).key()
                                    + ": answers, failed records and report need three different files");
                    return;
                }
            }
        }
    }

    private boolean isRefused(NamedFile output) {
        var refusal = refusal(output);
        refusal.ifPresent(reason -> problems.add(output.key() + ": " + reason));
        return refusal.isPresent();
    }

    private Optional<String> refusal(NamedFile output) {
        var paths = new PathRule(folder, allowOutside);
        var shown = paths.shown(output.path());
        for (var input : inputs) {
            if (PathRule.same(input.path(), output.path())) {
                return Optional.of(
                        shown
                                + " is "
                                + (input.path().equals(file) ? "" : "the file of ")
                                + input.key()
                                + " and would be overwritten: name another file");
            }
        }
        var state = PathRule.real(PipelineDefinition.stateFileOf(file));
        var place = PathRule.real(output.path());
        if (place.toString()
                .toLowerCase(Locale.ROOT)
                .startsWith(state.toString().toLowerCase(Locale.ROOT))) {
            return Optional.of(shown + " belongs to the pipeline's own state: name another file");
        }
        if (place.startsWith(PathRule.real(folder.resolve(SERVER_FOLDER)))) {
            return Optional.of(
                    shown
                            + " lies in "
                            + SERVER_FOLDER
                            + ", which is removed after a run: name another folder");
        }
        return paths.refusal(output.path());
    }

    private static @Nullable String missingModel(YamlSection root) {
        root.problem("model", "is missing: give a model such as claude-haiku-4-5");
        return null;
    }

    private YamlSection root() {
        JsonNode tree;
        var text = "";
        try {
            text = readText(file);
            tree = YAML.readTree(text);
        } catch (IOException e) {
            throw new DefinitionException(file, List.of("cannot be read: " + reason(e)));
        } catch (JacksonException e) {
            throw new DefinitionException(file, List.of(notYaml(text, e)));
        }
        if (!(tree instanceof ObjectNode mapping)) {
            throw new DefinitionException(
                    file,
                    List.of(
                            "must be a mapping with the keys name, source, model, max_tokens, prompt, sink"));
        }
        new EnvironmentValues(variables, problems).putInto(mapping, SENT_VERBATIM);
        return new YamlSection(mapping, "", problems);
    }

    /** What is easily mended is said in our own words; the parser's are about its inner life. */
    private static String notYaml(String text, JacksonException failure) {
        var lines = text.lines().toList();
        for (int index = 0; index < lines.size(); index++) {
            var unquoted = UNQUOTED_FIELD.matcher(lines.get(index));
            if (unquoted.find()) {
                return "line %d: a text that begins with {{ needs quotes: %s: \"{{…}}\""
                        .formatted(index + 1, unquoted.group(1));
            }
            if (index > 0 && lines.get(index).startsWith("---")) {
                return "line %d: a pipeline file holds one pipeline: write the other into a file of its own"
                        .formatted(index + 1);
            }
        }
        var where =
                failure.getLocation() == null
                        ? ""
                        : "line " + failure.getLocation().getLineNr() + ": ";
        return where + "is not valid YAML: " + reason(failure);
    }

    private String nameOfFile() {
        var fileName = String.valueOf(file.getFileName());
        var dot = fileName.lastIndexOf('.');
        return dot > 0 ? fileName.substring(0, dot) : fileName;
    }

    private @Nullable SourceDefinition source(YamlSection root) {
        var providers = SourceProvider.all();
        var shapes = alternatives(providers, SourceProvider::shape);
        if (!root.has("source")) {
            root.problem("source", "is missing: give " + shapes);
            return null;
        }
        var section = root.section("source", shapes);
        if (section == null) {
            return null;
        }
        var provider = chosen("source", section, root, providers, SourceProvider::key);
        var source =
                provider == null
                        ? null
                        : provider.read(section, new PathRule(folder, allowOutside));
        section.refuseUnknownKeys();
        return source;
    }

    private static BadRecords badRecords(YamlSection root) {
        var value = root.node("bad-records");
        if (value == null) {
            return BadRecords.DEFAULT;
        }
        var written = value.isString() || value.isNumber() ? value.asString() : "";
        var bound = BadRecords.parse(written);
        if (bound.isEmpty()) {
            root.problem(
                    "bad-records",
                    "must be a number of records like 100, or a share of them like 1%");
        }
        return bound.orElse(BadRecords.DEFAULT);
    }

    private @Nullable SystemPrompt system(YamlSection root) {
        var value = root.node("system");
        if (value == null) {
            return null;
        }
        if (value.isString() || YamlSection.isUnquotedField(value)) {
            var text = root.text("system");
            return text == null ? null : new SystemPrompt(text, null);
        }
        var section = root.section("system", "{ file: rubric.md, cache: 1h }");
        if (section == null) {
            return null;
        }
        var text = inlineOrFile(section, root, "system");
        var cache = cache(section);
        section.refuseUnknownKeys();
        return text == null ? null : new SystemPrompt(text, cache);
    }

    private @Nullable CacheTtl cache(YamlSection section) {
        var value = section.text("cache");
        if (value == null) {
            return null;
        }
        for (var ttl : CacheTtl.values()) {
            if (ttl.wireName().equals(value)) {
                return ttl;
            }
        }
        section.problem("cache", "must be 5m or 1h, not " + value);
        return null;
    }

    private @Nullable String prompt(YamlSection root) {
        var value = root.node("prompt");
        if (value == null) {
            root.problem("prompt", "is missing: give the template, or { file: … }");
            return null;
        }
        if (value.isString() || YamlSection.isUnquotedField(value)) {
            return root.text("prompt");
        }
        var section = root.section("prompt", "{ file: prompt.md }");
        if (section == null) {
            return null;
        }
        var text = inlineOrFile(section, root, "prompt");
        section.refuseUnknownKeys();
        return text;
    }

    private @Nullable String inlineOrFile(YamlSection section, YamlSection root, String key) {
        if (section.has("text") == section.has("file")) {
            root.problem(key, "needs exactly one of file and text");
            return null;
        }
        var inline = section.text("text");
        if (inline != null) {
            return inline;
        }
        var named = section.text("file");
        return named == null ? null : textOf(section, "file", named);
    }

    private Map<String, Truncation> truncations(YamlSection root) {
        var section = root.section("truncate", "{ text: 2000 } or { text: \"600 tokens\" }");
        var truncations = new LinkedHashMap<String, Truncation>();
        if (section == null) {
            return truncations;
        }
        for (var field : section.keys()) {
            var truncation = truncation(section.node(field));
            if (truncation == null) {
                section.problem(
                        field,
                        "must be a number of characters like 2000, or a text like \"600 tokens\"");
            } else {
                truncations.put(field, truncation);
            }
        }
        return truncations;
    }

    private static @Nullable Truncation truncation(@Nullable JsonNode value) {
        if (value == null) {
            return null;
        }
        if (value.isIntegralNumber() && value.canConvertToInt() && value.intValue() > 0) {
            return new Truncation.Characters(value.intValue());
        }
        var tokens = TOKENS.matcher(value.isString() ? value.stringValue().strip() : "");
        if (!tokens.matches() || Integer.parseInt(tokens.group(1)) == 0) {
            return null;
        }
        return new Truncation.Tokens(Integer.parseInt(tokens.group(1)));
    }

    private @Nullable OutputDefinition output(YamlSection root) {
        var section = root.section("output", "{ schema: answer.schema.json, reask: 1 }");
        if (section == null) {
            return null;
        }
        var named = section.requiredText("schema");
        var reaskMax = section.wholeNumber("reask", 0, 10, 0);
        section.refuseUnknownKeys();
        var text = named == null ? null : textOf(section, "schema", named);
        if (named == null || text == null) {
            return null;
        }
        try {
            if (JSON.readTree(text) instanceof ObjectNode schema) {
                return new OutputDefinition(folder.resolve(named), schema, reaskMax);
            }
            section.problem("schema", named + " must hold a JSON object");
        } catch (JacksonException e) {
            section.problem(
                    "schema", named + " is not valid JSON: " + firstLine(e.getOriginalMessage()));
        }
        return null;
    }

    private @Nullable OutputPlaces outputs(YamlSection root, String pipeline) {
        var providers = SinkProvider.all();
        if (!root.has("sink")) {
            root.problem(
                    "sink",
                    "is missing: give "
                            + alternatives(providers, SinkProvider::shape)
                            + "; a file ends in .jsonl, .csv or .parquet");
            return null;
        }
        var section = root.section("sink", "{ file: results.jsonl }");
        if (section == null) {
            return null;
        }
        var failed = section.text("failed");
        var report = section.text("report");
        var provider = chosen("sink", section, root, providers, SinkProvider::key);
        var sink =
                provider == null
                        ? null
                        : provider.read(section, new PathRule(folder, allowOutside), pipeline);
        section.refuseUnknownKeys();
        if (sink == null) {
            return null;
        }
        var failedFile =
                failed == null
                        ? sink.folder().resolve("failed.jsonl")
                        : path(section, "failed", failed);
        var reportFile =
                report == null
                        ? sink.folder().resolve("report.html")
                        : path(section, "report", report);
        return failedFile == null || reportFile == null
                ? null
                : new OutputPlaces(sink, failedFile, reportFile);
    }

    /** The one kind whose key stands in a section; null, and told, if there is none or several. */
    private static <P> @Nullable P chosen(
            String name,
            YamlSection section,
            YamlSection root,
            List<P> providers,
            Function<P, String> key) {
        var given =
                providers.stream().filter(provider -> section.has(key.apply(provider))).toList();
        if (given.size() != 1) {
            root.problem(name, "needs exactly one of " + alternatives(providers, key));
            return null;
        }
        return given.getFirst();
    }

    private static <P> String alternatives(List<P> providers, Function<P, String> words) {
        return providers.stream().map(words).collect(Collectors.joining(" or "));
    }

    private @Nullable Budget budget(YamlSection root) {
        var section = root.section("budget", "{ usd: 5.00 }");
        if (section == null) {
            return null;
        }
        var value = section.node("usd");
        section.refuseUnknownKeys();
        if (value == null || !value.isNumber()) {
            section.problem("usd", "must be an amount in US dollars like 5.00");
            return null;
        }
        var micros = value.decimalValue().multiply(BigDecimal.valueOf(1_000_000));
        if (micros.signum() <= 0
                || micros.compareTo(BigDecimal.valueOf(1_000_000_000_000_000L)) > 0) {
            section.problem("usd", "must be more than 0 and at most 1,000,000,000, not " + value);
            return null;
        }
        return micros.longValue() < 1 ? new Budget(1) : new Budget(micros.longValue());
    }

    private RetryLimits retry(YamlSection root) {
        var section = root.section("retry", "{ transient: 3, expired: 2, missing: 1h }");
        if (section == null) {
            return RetryLimits.DEFAULT;
        }
        var limits =
                new RetryLimits(
                        section.wholeNumber(
                                "transient", 0, RETRIES_MAX, RetryLimits.DEFAULT.transientMax()),
                        section.wholeNumber(
                                "expired", 0, RETRIES_MAX, RetryLimits.DEFAULT.expiredMax()),
                        section.duration(
                                "missing",
                                Duration.ZERO,
                                MISSING_MAX,
                                RetryLimits.DEFAULT.missing()));
        section.refuseUnknownKeys();
        return limits;
    }

    private Map<String, JsonNode> params(YamlSection root) {
        var section = root.section("params", "{ temperature: 0 }");
        var params = new LinkedHashMap<String, JsonNode>();
        if (section == null) {
            return params;
        }
        for (var key : section.keys()) {
            var value = section.node(key);
            if (RESERVED_PARAMS.contains(key)) {
                section.problem(
                        key,
                        "cannot be set here: the pipeline sets it, or a batch does not know it");
            } else if (value != null) {
                params.put(key, value);
            }
        }
        return params;
    }

    private CallTerms terms(YamlSection root) {
        return new CallTerms(version(root), betas(root));
    }

    private static String version(YamlSection root) {
        var value = root.node("anthropic-version");
        if (value == null) {
            return CallTerms.VERSION;
        }
        if (!value.isString() || !isDate(value.stringValue())) {
            root.problem(
                    "anthropic-version",
                    "must be the date of a version like 2023-06-01, not "
                            + YamlSection.kindOf(value));
            return CallTerms.VERSION;
        }
        return value.stringValue();
    }

    private static boolean isDate(String text) {
        try {
            return VERSION.matcher(text).matches() && LocalDate.parse(text).getYear() > 0;
        } catch (DateTimeException _) {
            return false;
        }
    }

    private static List<String> betas(YamlSection root) {
        var value = root.node("betas");
        var betas = new ArrayList<String>();
        if (value == null) {
            return betas;
        }
        if (!value.isArray() || value.isEmpty() || value.size() > BETAS_MAX) {
            root.problem(
                    "betas",
                    "must be a list of 1 to %d names like [output-300k-2026-03-24], not %s"
                            .formatted(BETAS_MAX, YamlSection.kindOf(value)));
            return betas;
        }
        for (var entry : value.values()) {
            var name = entry.isString() ? entry.stringValue() : "";
            if (!BETA.matcher(name).matches()) {
                root.problem(
                        "betas",
                        "a name is 1 to 100 letters, digits, points, - and _, not "
                                + (name.isEmpty()
                                        ? YamlSection.kindOf(entry)
                                        : "\"" + name + "\""));
            } else if (betas.contains(name)) {
                root.problem("betas", name + " is named twice");
            } else {
                betas.add(name);
            }
        }
        return betas;
    }

    private @Nullable String textOf(YamlSection section, String key, String named) {
        var path = path(section, key, named);
        if (path == null) {
            return null;
        }
        var refusal = new PathRule(folder, allowOutside).refusal(path);
        if (refusal.isPresent()) {
            section.problem(key, refusal.get());
            return null;
        }
        inputs.add(new NamedFile(section.pathOf(key), path));
        try {
            var text = readText(path);
            if (text.isBlank()) {
                section.problem(key, named + " is empty");
                return null;
            }
            return text;
        } catch (IOException e) {
            section.problem(key, "cannot read " + path + ": " + reason(e));
            return null;
        }
    }

    private @Nullable Path path(YamlSection section, String key, String named) {
        try {
            return folder.resolve(named).normalize();
        } catch (InvalidPathException e) {
            section.problem(key, "is not a path: " + e.getReason());
            return null;
        }
    }

    private static String readText(Path path) throws IOException {
        var text = Files.readString(path, StandardCharsets.UTF_8);
        // Editors on Windows put a byte order mark in front; it is no part of the text.
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    private static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException _ -> "there is no such file";
            case AccessDeniedException _ -> "permission denied";
            case CharacterCodingException _ -> "it is not UTF-8 text";
            default -> String.valueOf(e.getMessage());
        };
    }

    /** The parser quotes the file, which may be a prompt: only its own words are told. */
    private static String reason(JacksonException e) {
        return String.valueOf(e.getOriginalMessage())
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith(" "))
                .collect(Collectors.joining(", "));
    }

    private static String firstLine(@Nullable String message) {
        return message == null
                ? "unknown reason"
                : message.lines().findFirst().orElse("unknown reason");
    }
}
