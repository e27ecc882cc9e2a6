package dev.nightmail.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;

/** A pipeline that labels tickets, of which there are more and more, into a table. */
final class TicketsPipeline {

    /** How many there are in the end. */
    static final int TICKETS = 400;

    private static final int TICKETS_AT_FIRST = 250;
    private static final int FINISHED = 0;
    private static final int SOME_FAILED = 3;

    private final Path home;
    private final Source source;
    private final TicketsDatabase database;
    private int tickets;

    /** Where tickets are read from. */
    enum Source {
        FILES,
        SQL,
        DATABASE
    }

    /** A record. */
    record Ticket(int number, String id, String text) {}

    /**
     * A command of a life.
     *
     * @param tickets there are when it is given
     */
    record Step(int tickets, List<String> command) {}

    /** How the work is done. The last step waits until all of it is. */
    enum Manner {
        /** Each run waits for its batches. */
        WAITING,
        /** Batches are submitted and left, and collected later. */
        LEAVING;

        List<Step> steps() {
            return switch (this) {
                case WAITING ->
                        List.of(
                                new Step(TICKETS_AT_FIRST, List.of("run", "--yes")),
                                new Step(TICKETS, List.of("run", "--yes")));
                case LEAVING ->
                        List.of(
                                new Step(TICKETS_AT_FIRST, List.of("run", "--no-wait", "--yes")),
                                new Step(TICKETS, List.of("collect")),
                                new Step(TICKETS, List.of("run", "--yes")));
            };
        }
    }

    private TicketsPipeline(Path home, Source source, TicketsDatabase database) {
        this.home = home;
        this.source = source;
        this.database = database;
    }

    static TicketsPipeline write(Path home, Source source, TicketsDatabase database)
            throws IOException {
        var pipeline = new TicketsPipeline(home, source, database);
        Files.createDirectory(home.resolve("tickets"));
        // The simulator does not heed "not", so that one answer in ten is asked for again.
        Files.writeString(
                home.resolve("label.schema.json"),
                """
                {
                  "type": "object",
                  "properties": {
                    "label": { "type": "string", "enum": ["bug", "wish", "praise"] },
                    "score": { "type": "integer", "minimum": 0, "maximum": 9, "not": { "const": 7 } }
                  },
                  "required": ["label", "score"],
                  "additionalProperties": false
                }
                """);
        // On a busy machine a whole batch may expire or fail, more than once.
        Files.writeString(
                pipeline.yaml(),
                """
                name: labels
                source: %s
                model: claude-haiku-4-5
                max_tokens: 100
                prompt: 'Label this ticket: {{text}}'
                output: { schema: label.schema.json, reask: 10 }
                retry: { transient: 100, expired: 100 }
                sink: { database: { url: "%s", table: label } }
                """
                        .formatted(pipeline.sourceYaml(), database.url()));
        return pipeline;
    }

    private Path yaml() {
        return home.resolve("labels.yaml");
    }

    private String sourceYaml() {
        return switch (source) {
            case FILES -> "{ files: tickets }";
            case SQL -> "{ sql: \"select id, text from 'tickets.csv'\" }";
            case DATABASE ->
                    "{ database: { url: \"%s\", sql: \"select * from ticket\", cursor: number } }"
                            .formatted(database.url());
        };
    }

    /** Adds tickets until there are so many. */
    void grow(int count) throws IOException, SQLException {
        var added = IntStream.range(tickets, count).mapToObj(TicketsPipeline::ticket).toList();
        switch (source) {
            case FILES -> {
                for (var ticket : added) {
                    Files.writeString(home.resolve(ticket.id()), ticket.text());
                }
            }
            case SQL -> {
                var csv = home.resolve("tickets.csv");
                var rows = new StringBuilder(tickets == 0 ? "id,text\n" : "");
                for (var ticket : added) {
                    rows.append(ticket.id()).append(',').append(ticket.text()).append('\n');
                }
                Files.writeString(csv, rows, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            }
            case DATABASE -> database.add(added);
        }
        tickets = count;
    }

    /** The same wherever tickets are read from. */
    private static Ticket ticket(int number) {
        return new Ticket(
                number,
                "tickets/%d.txt".formatted(number),
                "ticket number " + number + fault(number));
    }

    /** What the simulator is to do with it. */
    private static String fault(int number) {
        return switch (number % 50) {
            case 1 -> " nightmail-simulate:error=timeout;times=1";
            case 2 -> " nightmail-simulate:error=invalid_request";
            // Expires, and is answered when it is sent again. Only at first: each costs a wait.
            case 3 -> number < TICKETS_AT_FIRST ? " nightmail-simulate:delay=1h;times=1" : "";
            default -> "";
        };
    }

    /** Gives a command until it ends by itself. */
    void takeStep(Step step, URI server, Kills kills) {
        while (true) {
            try (var process = ForkedNightmail.run(arguments(step, server))) {
                if (process.endsWithin(kills.untilNext())) {
                    assertThat(process.awaitExit())
                            .as("%s, killed at %s: %s", step, kills.moments(), process.errors())
                            .isIn(FINISHED, SOME_FAILED);
                    return;
                }
                process.kill();
                assertThat(kills.areOver())
                        .as("%s does not end: %s", step, process.errors())
                        .isFalse();
                kills.killed();
            }
        }
    }

    private String[] arguments(Step step, URI server) {
        var arguments = new ArrayList<>(step.command());
        arguments.add(1, yaml().toString());
        arguments.addAll(List.of("--endpoint", server.toString()));
        return arguments.toArray(String[]::new);
    }

    TicketsLeft left() throws IOException, SQLException {
        return new TicketsLeft(database.labels(), failed());
    }

    private Map<String, String> failed() throws IOException {
        var failed = new TreeMap<String, String>();
        for (var line : Files.readAllLines(home.resolve("failed.jsonl"))) {
            var before = failed.put(JsonMapper.shared().readTree(line).path("id").asString(), line);
            assertThat(before).as("failed twice: %s", line).isNull();
        }
        return failed;
    }
}
