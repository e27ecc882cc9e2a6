package dev.nightmail.app.command;

import java.util.function.IntSupplier;

/** The end of the process, whether a signal asks for it or the process itself. */
@FunctionalInterface
public interface Shutdown {

    /**
     * @param stop called once, on another thread, when the process is to end; the process then ends
     *     with the exit code it gives
     */
    void whenAsked(IntSupplier stop);
}
