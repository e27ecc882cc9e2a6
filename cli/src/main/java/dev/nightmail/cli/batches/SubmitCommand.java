package dev.nightmail.cli.batches;

import dev.nightmail.cli.command.CommandException;
import dev.nightmail.cli.command.CommonOptions;
import dev.nightmail.cli.command.Console;
import dev.nightmail.cli.command.ExitCode;
import dev.nightmail.cli.surroundings.Surroundings;
import dev.nightmail.cli.text.Figures;
import dev.nightmail.pipeline.client.AnswerLostException;
import dev.nightmail.pipeline.client.BatchSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code batches submit}. */
@Command(
        name = "submit",
        sortOptions = false,
        abbreviateSynopsis = true,
        description = {
            "Submit a file of requests as one batch and print the batch's id.",
            "Each line is a request: {\"custom_id\": \"…\", \"params\": {…}}, params as for the"
                    + " Messages API.",
            "Lines with method, url and body are read too, if their url is /v1/messages."
        },
        footer = {
            "",
            "At most 100,000 requests and 256 MiB. Every line is checked before anything is sent."
        })
final class SubmitCommand implements Callable<Integer> {

    private static final int KEY_BYTES = 16;
    private static final String STANDARD_INPUT = "-";

    private final Surroundings surroundings;
    private final Console console;

    @Parameters(
            paramLabel = "FILE.jsonl",
            description = "The requests; - reads them from standard input.")
    @SuppressWarnings("NullAway.Init") // picocli sets it, or refuses the command line.
    private Path file;

    @Mixin private EndpointOption endpoint = new EndpointOption();

    @Option(
            names = "--idempotency-key",
            paramLabel = "KEY",
            description =
                    "A Nightmail server that saw this key with the same file before makes no second"
                            + " batch. Default: a fresh one")
    private @Nullable String idempotencyKey;

    @Mixin private CommonOptions common = new CommonOptions();

    SubmitCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.console = new Console(surroundings);
    }

    @Override
    public Integer call() throws InterruptedException {
        if (!file.toString().equals(STANDARD_INPUT)) {
            var path = surroundings.folder().resolve(file);
            return submitFile(path, surroundings.shown(path));
        }
        // Requests are read twice, to be checked before any is sent: standard input only once.
        var copy = copyOfInput();
        try {
            return submitFile(copy, "standard input");
        } finally {
            delete(copy);
        }
    }

    private Path copyOfInput() {
        try {
            var copy = Files.createTempFile("nightmail-requests-", ".jsonl");
            try (var out = Files.newOutputStream(copy)) {
                surroundings.in().transferTo(out);
            }
            return copy;
        } catch (IOException e) {
            throw CommandException.failed(
                    "standard input cannot be kept for a moment: " + e.getMessage(), e);
        }
    }

    private static void delete(Path copy) {
        try {
            Files.deleteIfExists(copy);
        } catch (IOException _) {
            // It is a temporary file, which the system clears away some day.
        }
    }

    private Integer submitFile(Path path, String shown) throws InterruptedException {
        var requests = RequestFile.check(path, shown);
        var batch = submit(requests);
        if (common.json()) {
            console.json(BatchJson.of(batch));
            return ExitCode.DONE;
        }
        console.note(
                "Submitted %s, %s; nightmail batches watch %s%s follows them."
                        .formatted(
                                Figures.counted(requests.requests(), "request"),
                                Figures.bytes(requests.bodyBytes()),
                                batch.id(),
                                endpoint.again()));
        console.result(batch.id());
        return ExitCode.DONE;
    }

    private BatchSnapshot submit(RequestFile requests) throws InterruptedException {
        var key = idempotencyKey == null ? freshKey() : idempotencyKey;
        try (var client = endpoint.client(surroundings)) {
            return client.create(requests.body(), key);
        } catch (AnswerLostException e) {
            throw CommandException.failed(
                    e.getMessage()
                            + ": the batch may exist. nightmail batches list"
                            + endpoint.again()
                            + " shows it; a Nightmail server makes no second one if you submit again"
                            + " with --idempotency-key "
                            + key,
                    e);
        }
    }

    private String freshKey() {
        var bytes = new byte[KEY_BYTES];
        surroundings.random().nextBytes(bytes);
        return "nightmail-" + HexFormat.of().formatHex(bytes);
    }
}
