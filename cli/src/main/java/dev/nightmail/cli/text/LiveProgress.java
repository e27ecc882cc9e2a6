package dev.nightmail.cli.text;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A line at the bottom of a terminal that is redrawn in place. One thread of its own does all the
 * writing, so notes and redraws never run into each other, and time goes on in the line while
 * nothing else happens. A line is written whole, and only when it changed: nothing flickers.
 */
public final class LiveProgress implements ProgressDisplay {

    private static final Duration REDRAW = Duration.ofMillis(200);
    private static final String TO_START = "\r";
    private static final String CLEAR_REST = "\u001b[K";

    private sealed interface Message {
        record Phase(String what, Instant since) implements Message {}

        record At(Standing standing, Instant when) implements Message {}

        record Note(String line) implements Message {}

        record End() implements Message {}
    }

    private final PrintStream out;
    private final IntSupplier columns;
    private final ProgressLine lines;
    private final InstantSource clock;
    private final LinkedBlockingQueue<Message> messages = new LinkedBlockingQueue<>();
    private final Thread writer;
    private @Nullable Message shown;
    private String drawn = "";

    public LiveProgress(PrintStream out, IntSupplier columns, Style style, InstantSource clock) {
        this.out = out;
        this.columns = columns;
        this.lines = new ProgressLine(style);
        this.clock = clock;
        this.writer = Thread.ofVirtual().name("progress").start(this::write);
    }

    @Override
    public void phase(String what) {
        messages.add(new Message.Phase(what, clock.instant()));
    }

    @Override
    public void at(Standing standing) {
        messages.add(new Message.At(standing, clock.instant()));
    }

    @Override
    public void note(String line) {
        messages.add(new Message.Note(line));
    }

    @Override
    public void close() {
        messages.add(new Message.End());
        // The writer ends by itself within one line; an interrupt meanwhile is kept for the caller.
        var interrupted = false;
        while (writer.isAlive()) {
            try {
                writer.join();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void write() {
        try {
            while (true) {
                var message = messages.poll(REDRAW.toMillis(), TimeUnit.MILLISECONDS);
                switch (message) {
                    case null -> draw();
                    case Message.End _ -> {
                        erase();
                        return;
                    }
                    case Message.Note(var line) -> {
                        erase();
                        out.println(Shown.line(line));
                        draw();
                    }
                    case Message.Phase _, Message.At _ -> {
                        shown = message;
                        if (messages.isEmpty()) {
                            draw();
                        }
                    }
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void draw() {
        // The last column stays free: a terminal that has filled it may already be on the next
        // line.
        var line = line(shown, Math.max(1, columns.getAsInt() - 1));
        if (!line.equals(drawn)) {
            out.print(TO_START + Shown.line(line) + CLEAR_REST);
            out.flush();
            drawn = line;
        }
    }

    private void erase() {
        if (!drawn.isEmpty()) {
            out.print(TO_START + CLEAR_REST);
            out.flush();
            drawn = "";
        }
    }

    private String line(@Nullable Message message, int width) {
        return switch (message) {
            case Message.Phase(var what, var since) ->
                    lines.line(what, Figures.duration(since(since)), width);
            case Message.At(var standing, var when) ->
                    lines.line(standing.after(since(when)), width);
            case null -> "";
            case Message.Note _, Message.End _ -> throw new IllegalStateException("never shown");
        };
    }

    private Duration since(Instant instant) {
        return Duration.between(instant, clock.instant());
    }
}
