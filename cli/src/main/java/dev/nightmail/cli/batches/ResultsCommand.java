package dev.nightmail.cli.batches;

import dev.nightmail.cli.command.CommandException;
import dev.nightmail.cli.command.CommonOptions;
import dev.nightmail.cli.command.Console;
import dev.nightmail.cli.command.ExitCode;
import dev.nightmail.cli.surroundings.Surroundings;
import dev.nightmail.cli.text.Figures;
import dev.nightmail.pipeline.client.BatchSnapshot;
import dev.nightmail.pipeline.client.BatchesClient;
import dev.nightmail.pipeline.client.Extension;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** {@code batches results}. */
@Command(
        name = "results",
        sortOptions = false,
        abbreviateSynopsis = true,
        description = {
            "Download the results of a batch that has ended, one JSON object a line, in any order.",
            "A broken connection is taken up where it broke. With --follow it need not have ended."
        },
        footer = {
            "",
            "With --out and --json: one object with file, results and bytes on standard output."
        })
final class ResultsCommand implements Callable<Integer> {

    private static final int BUFFER_BYTES = 64 * 1024;

    private final Surroundings surroundings;
    private final Console console;

    @Mixin private BatchId batchId = new BatchId();

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = {
                "Write to FILE, which appears when it is",
                "complete. Default: standard output"
            })
    private @Nullable Path out;

    @Option(names = "--overwrite", description = "Replace FILE if it is there already")
    private boolean overwrite;

    @Option(
            names = "--follow",
            description = {
                "Give results as they settle, and return when",
                "the batch has ended. With --out, FILE grows,",
                "and what it holds already is gone on with.",
                "Nightmail servers only"
            })
    private boolean follow;

    @Mixin private EndpointOption endpoint = new EndpointOption();
    @Mixin private CommonOptions common = new CommonOptions();

    ResultsCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.console = new Console(surroundings);
    }

    @Override
    public Integer call() throws InterruptedException {
        try (var client = endpoint.client(surroundings)) {
            var batch = client.retrieve(batchId.value());
            if (follow) {
                refuseIfArchived(batch);
                follow(client);
            } else {
                refuseUnlessThere(batch);
                if (out == null) {
                    toOutput(client);
                } else {
                    toFile(client, surroundings.folder().resolve(out));
                }
            }
        }
        return ExitCode.DONE;
    }

    private void follow(BatchesClient client) throws InterruptedException {
        if (!client.offers(Extension.PARTIAL_RESULTS)) {
            throw CommandException.failed(
                    "%s gives no results before a batch has ended: nightmail batches watch %s%s waits for it"
                            .formatted(
                                    client.endpoint().base(), batchId.value(), endpoint.again()));
        }
        var download = new FollowingDownload(client, batchId.value(), surroundings.pause());
        if (out == null) {
            try {
                download.toOutput(console.output());
            } catch (IOException e) {
                throw CommandException.failed("the results cannot be written: " + reason(e), e);
            }
            return;
        }
        var file = surroundings.folder().resolve(out);
        long bytes;
        try (var target = new GrowingFile(file)) {
            bytes = download.toFile(target, surroundings.shown(file));
        } catch (IOException e) {
            throw CommandException.failed(
                    surroundings.shown(file) + " cannot be written: " + reason(e), e);
        }
        tell(file, new Copied(client.retrieve(batchId.value()).counts().total(), bytes));
    }

    private void refuseUnlessThere(BatchSnapshot batch) {
        if (!batch.hasEnded()) {
            throw CommandException.failed(
                    "%s has not ended yet (%s of %s settled): nightmail batches watch %s%s waits for it"
                            .formatted(
                                    batch.id(),
                                    Figures.count(batch.counts().settled()),
                                    Figures.count(batch.counts().total()),
                                    batch.id(),
                                    endpoint.again()));
        }
        refuseIfArchived(batch);
    }

    private void refuseIfArchived(BatchSnapshot batch) {
        if (batch.archivedAt() != null) {
            throw CommandException.failed(
                    batch.id()
                            + " was archived on "
                            + Figures.time(batch.archivedAt())
                            + ": its results are gone");
        }
    }

    private void toOutput(BatchesClient client) throws InterruptedException {
        var stream = console.output();
        try {
            copy(client, new BufferedOutputStream(stream, BUFFER_BYTES), stream);
        } catch (IOException e) {
            throw CommandException.failed("the results cannot be written: " + e.getMessage(), e);
        }
    }

    private void toFile(BatchesClient client, Path file) throws InterruptedException {
        if (!overwrite && Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw CommandException.usage(
                    surroundings.shown(file)
                            + " is there already: move it away, name another file, or replace it with --overwrite");
        }
        Copied copied;
        try (var target = new NewFile(file)) {
            copied = copy(client, target.stream(), null);
            target.complete();
        } catch (IOException e) {
            throw CommandException.failed(
                    surroundings.shown(file) + " cannot be written: " + reason(e), e);
        }
        tell(file, copied);
    }

    private void tell(Path file, Copied copied) {
        if (common.json()) {
            console.json(
                    JsonMapper.shared()
                            .createObjectNode()
                            .put("file", file.toString())
                            .put("results", copied.results())
                            .put("bytes", copied.bytes()));
        } else {
            console.note(
                    "%s, %s, in %s"
                            .formatted(
                                    Figures.counted(copied.results(), "result"),
                                    Figures.bytes(copied.bytes()),
                                    surroundings.shown(file)));
        }
    }

    private record Copied(long results, long bytes) {}

    /**
     * @param reader standard output, which swallows its errors and has to be asked for them
     */
    private Copied copy(BatchesClient client, OutputStream to, @Nullable PrintStream reader)
            throws IOException, InterruptedException {
        long lines = 0;
        long bytes = 0;
        try (var results = client.results(batchId.value())) {
            for (var line = results.nextLine(); line != null; line = results.nextLine()) {
                to.write(line);
                to.write('\n');
                lines++;
                bytes += line.length + 1;
                if (reader != null && reader.checkError()) {
                    throw new IOException("standard output was closed before their end");
                }
            }
        }
        to.flush();
        return new Copied(lines, bytes);
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
