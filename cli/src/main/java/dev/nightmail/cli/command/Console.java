package dev.nightmail.cli.command;

import dev.nightmail.cli.surroundings.Surroundings;
import dev.nightmail.cli.text.LiveProgress;
import dev.nightmail.cli.text.PlainProgress;
import dev.nightmail.cli.text.ProgressDisplay;
import dev.nightmail.cli.text.Shown;
import dev.nightmail.cli.text.Style;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** How a command speaks: results and JSON on standard output, all else on standard error. */
public final class Console {

    private final Surroundings surroundings;
    private final boolean leavesOutput;

    public Console(Surroundings surroundings) {
        this(surroundings, false);
    }

    private Console(Surroundings surroundings, boolean leavesOutput) {
        this.surroundings = surroundings;
        this.leavesOutput = leavesOutput;
    }

    /** The same, where standard output belongs to somebody else: results are notes. */
    public Console leavingOutput() {
        return new Console(surroundings, true);
    }

    /** Where bytes of a result go that are copied as they are; escaped if that is a terminal. */
    public PrintStream output() {
        return surroundings.terminal().output()
                ? Shown.stream(surroundings.out())
                : surroundings.out();
    }

    /** A line of the command's result. */
    public void result(String line) {
        if (leavesOutput) {
            note(line);
            return;
        }
        surroundings.out().println(Shown.line(line));
        surroundings.out().flush();
    }

    /** One JSON value, on a line of its own. */
    public void json(JsonNode value) {
        result(value.toString());
    }

    /** Something to know, that is no result. */
    public void note(String line) {
        surroundings.err().println(Shown.line(line));
        surroundings.err().flush();
    }

    /** How text on standard output may look. */
    public Style outputStyle() {
        return leavesOutput ? errorStyle() : style(surroundings.terminal().output());
    }

    /** How text on standard error may look. */
    public Style errorStyle() {
        return style(surroundings.terminal().errors());
    }

    public int columns() {
        return surroundings.terminal().columns().getAsInt();
    }

    /** Whether notes appear before somebody's eyes, at the terminal where results may, too. */
    public boolean isWatched() {
        return surroundings.terminal().errors();
    }

    /** Whether somebody is there to answer a question. */
    public boolean canAsk() {
        return surroundings.terminal().input() && surroundings.terminal().errors();
    }

    /** Asks on standard error; only a plain yes is one. */
    public boolean ask(String question) {
        surroundings.err().print(Shown.line(question) + " [y/N] ");
        surroundings.err().flush();
        var answers =
                new BufferedReader(
                        new InputStreamReader(surroundings.in(), StandardCharsets.UTF_8));
        try {
            var answer = answers.readLine();
            var word = answer == null ? "" : answer.strip().toLowerCase(Locale.ROOT);
            return word.equals("y") || word.equals("yes");
        } catch (IOException e) {
            throw new UncheckedIOException("the answer cannot be read from standard input", e);
        }
    }

    /** A bar that is redrawn on a terminal, lines now and then elsewhere. */
    public ProgressDisplay progress() {
        var terminal = surroundings.terminal();
        return terminal.errors() && !isDumb()
                ? new LiveProgress(
                        surroundings.err(), terminal.columns(), errorStyle(), surroundings.clock())
                : new PlainProgress(surroundings.err(), surroundings.clock());
    }

    private Style style(boolean terminal) {
        var colours = terminal && !isDumb() && surroundings.variable("NO_COLOR").isEmpty();
        return new Style(colours, speaksUtf8());
    }

    private boolean isDumb() {
        return surroundings.variable("TERM").filter("dumb"::equals).isPresent();
    }

    /** As the C library decides it: the first of these that is set. */
    private boolean speaksUtf8() {
        var locale =
                surroundings
                        .variable("LC_ALL")
                        .or(() -> surroundings.variable("LC_CTYPE"))
                        .or(() -> surroundings.variable("LANG"))
                        .orElse("")
                        .toLowerCase(Locale.ROOT);
        return locale.contains("utf-8") || locale.contains("utf8");
    }
}
