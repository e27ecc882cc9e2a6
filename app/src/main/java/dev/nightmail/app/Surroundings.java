package dev.nightmail.app;

import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The process around us, read in one place so that tests can stand in for it.
 *
 * @param variables environment variables, by name
 * @param shutdown registers what is to be done when the process is told to end
 */
public record Surroundings(
        PrintWriter out,
        PrintWriter err,
        InstantSource clock,
        Function<String, Optional<String>> variables,
        Consumer<Runnable> shutdown) {

    public Optional<String> variable(String name) {
        return variables.apply(name);
    }

    public void onShutdown(Runnable action) {
        shutdown.accept(action);
    }
}
