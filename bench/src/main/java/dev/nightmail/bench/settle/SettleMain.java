package dev.nightmail.bench.settle;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.journal.FileJournal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/**
 * Both ways as a process: for each line on its standard input, {@code ours 256} or {@code bare
 * 256}, it makes the results of a whole batch durable in groups of so many, and says how many
 * nanoseconds that took and how many bytes it made.
 *
 * <p>Arguments: a folder that does not exist yet, the results of a batch.
 */
public final class SettleMain {

    static final String OURS = "ours";
    static final String BARE = "bare";
    static final String DONE = "done after nanoseconds and bytes ";

    /** Nothing here depends on the time: a batch has to have one. */
    private static final Instant NOW = Instant.parse("2026-11-21T18:00:00Z");

    private final Path folder;
    private final FileJournal files;
    private final JournalAppend journal;
    private final BareAppend bare;
    private final int requests;
    private int runs;

    private SettleMain(Path folder, int requests) {
        var answers = new Answered(requests, NOW);
        this.folder = folder;
        this.requests = requests;
        this.files = FileJournal.open(folder);
        this.journal = new JournalAppend(files, answers);
        this.bare = new BareAppend(answers);
    }

    private record Run(long nanos, long bytes) {}

    public static void main(String[] args) throws IOException {
        var settle =
                new SettleMain(
                        Files.createDirectories(Path.of(args[0])), Integer.parseInt(args[1]));
        try (var in = new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
            System.out.println("ready");
            for (var line = in.readLine(); line != null; line = in.readLine()) {
                var words = line.split(" ", 2);
                int groupMax = Integer.parseInt(words[1]);
                var run = words[0].equals(OURS) ? settle.ours(groupMax) : settle.bare(groupMax);
                System.out.println(DONE + run.nanos() + " " + run.bytes());
            }
        }
    }

    private Run ours(int groupMax) {
        var id = new BatchId("msgbatch_" + ++runs);
        journal.create(id, NOW);
        long nanos;
        long bytes;
        try (var batch = files.open(id)) {
            long start = System.nanoTime();
            bytes = journal.append(batch.results(), groupMax);
            nanos = System.nanoTime() - start;
        }
        int settled = journal.settled(id);
        files.delete(id);
        if (settled != requests) {
            throw new IllegalStateException(
                    "%d of %d results are there and whole".formatted(settled, requests));
        }
        return new Run(nanos, bytes);
    }

    private Run bare(int groupMax) throws IOException {
        var file = folder.resolve("bare.jsonl");
        long start = System.nanoTime();
        long bytes = bare.append(file, groupMax);
        long nanos = System.nanoTime() - start;
        Files.delete(file);
        return new Run(nanos, bytes);
    }
}
