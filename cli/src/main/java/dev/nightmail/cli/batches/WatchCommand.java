package dev.nightmail.cli.batches;

import dev.nightmail.cli.command.CommandException;
import dev.nightmail.cli.command.CommonOptions;
import dev.nightmail.cli.command.Console;
import dev.nightmail.cli.command.ExitCode;
import dev.nightmail.cli.surroundings.Surroundings;
import dev.nightmail.cli.text.ProgressDisplay;
import dev.nightmail.pipeline.client.BatchEvents;
import dev.nightmail.pipeline.client.BatchSnapshot;
import dev.nightmail.pipeline.client.BatchesClient;
import dev.nightmail.pipeline.client.Extension;
import dev.nightmail.pipeline.run.WaitingReasons;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code batches watch}. */
@Command(
        name = "watch",
        sortOptions = false,
        abbreviateSynopsis = true,
        description = "Follow one batch until it has ended.",
        footerHeading = "%nExit codes: ",
        footer = {
            "0 every request succeeded; 3 some did not.",
            "Anthropic counts every request as processing until the whole batch has ended."
        })
final class WatchCommand implements Callable<Integer> {

    /** A local server answers small batches in a moment. */
    private static final Duration LOCAL_MIN = Duration.ofMillis(200);

    private static final Duration LOCAL_MAX = Duration.ofSeconds(2);

    /** The hosted API allows 1,000 calls a minute for all its batch endpoints together. */
    private static final Duration HOSTED_MIN = Duration.ofSeconds(5);

    private static final Duration HOSTED_MAX = Duration.ofSeconds(30);

    private final Surroundings surroundings;
    private final Console console;
    private @Nullable ProgressDisplay shown;

    @Mixin private BatchId batchId = new BatchId();
    @Mixin private EndpointOption endpoint = new EndpointOption();
    @Mixin private CommonOptions common = new CommonOptions();

    WatchCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.console = new Console(surroundings);
    }

    @Override
    public Integer call() {
        try (var client = endpoint.client(surroundings, this::note)) {
            var ended = common.json() ? watchForPrograms(client) : watchForPeople(client);
            return ended.counts().succeeded() == ended.counts().total()
                    ? ExitCode.DONE
                    : ExitCode.SOME_WITHOUT_ANSWER;
        } catch (InterruptedException _) {
            throw CommandException.interrupted("stopped watching; the batch goes on");
        }
    }

    private void note(String line) {
        var bar = shown;
        if (bar == null) {
            console.note(line);
        } else {
            bar.note(line);
        }
    }

    private BatchSnapshot watchForPrograms(BatchesClient client) throws InterruptedException {
        return untilEnded(client, batch -> console.json(BatchJson.of(batch)), _ -> {});
    }

    private BatchSnapshot watchForPeople(BatchesClient client) throws InterruptedException {
        BatchSnapshot ended;
        try (var progress = console.progress()) {
            shown = progress;
            progress.phase("Asking for " + batchId.value());
            var pace = new WatchPace(surroundings.clock().instant());
            var reasons = new WaitingReasons(client);
            ended =
                    untilEnded(
                            client,
                            batch -> {
                                var now = surroundings.clock().instant();
                                progress.at(pace.at(batch.counts(), now));
                            },
                            batch ->
                                    reasons.ask(
                                                    batch.counts().settled(),
                                                    surroundings.clock().instant())
                                            .ifPresent(lines ->
                                                    lines.forEach(line ->
                                                            progress.note(
                                                                    "Waiting: " + line + "."))));
        }
        new BatchText(console.outputStyle(), surroundings.clock().instant())
                .lines(ended)
                .forEach(console::result);
        return ended;
    }

    /** Hears now and then that the batch is as it was. */
    private interface Quiet {
        void asBefore(BatchSnapshot batch) throws InterruptedException;
    }

    private BatchSnapshot untilEnded(
            BatchesClient client, Consumer<BatchSnapshot> listener, Quiet quiet)
            throws InterruptedException {
        var hosted = client.endpoint().isAnthropic();
        var wait = hosted ? HOSTED_MIN : LOCAL_MIN;
        var longest = hosted ? HOSTED_MAX : LOCAL_MAX;
        var batch = client.retrieve(batchId.value());
        listener.accept(batch);
        while (!batch.hasEnded()) {
            quiet.asBefore(batch);
            if (client.offers(Extension.EVENTS)) {
                batch = whileTold(client, batch, listener, quiet);
                if (batch.hasEnded()) {
                    return batch;
                }
            }
            surroundings.pause().pause(wait);
            wait = wait.multipliedBy(5).dividedBy(4);
            wait = wait.compareTo(longest) < 0 ? wait : longest;
            batch = passedOn(client.retrieve(batchId.value()), batch, listener);
        }
        return batch;
    }

    /** The batch as it was last told of: at its end, or when the telling broke off. */
    private BatchSnapshot whileTold(
            BatchesClient client,
            BatchSnapshot first,
            Consumer<BatchSnapshot> listener,
            Quiet quiet)
            throws InterruptedException {
        var batch = first;
        try (var events = client.events(batchId.value())) {
            while (true) {
                switch (events.next()) {
                    case BatchEvents.Event.Told(var now) -> batch = passedOn(now, batch, listener);
                    case BatchEvents.Event.Heartbeat _ -> quiet.asBefore(batch);
                    case BatchEvents.Event.End _ -> {
                        return batch;
                    }
                }
            }
        } catch (IOException e) {
            // Asking shows how it stands, and whether the server can still be reached.
            return batch;
        }
    }

    private static BatchSnapshot passedOn(
            BatchSnapshot now, BatchSnapshot before, Consumer<BatchSnapshot> listener) {
        if (!now.equals(before)) {
            listener.accept(now);
        }
        return now;
    }
}
