package dev.nightmail.journal.format;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/**
 * One thing after another on some other thread, while the one that starts them goes on. What fails
 * is told by every later call, and nothing is started any more.
 *
 * <p>An interrupt is left for later: the waits are as short as a write or a flush, and to break one
 * off would leave it at work on a file that is about to be closed.
 */
final class Aside {

    private final Executor executor;
    private CompletableFuture<Void> last = CompletableFuture.runAsync(() -> {}, Runnable::run);

    /** Work on a file. */
    interface Step {
        void run() throws IOException;
    }

    Aside(Executor executor) {
        this.executor = executor;
    }

    boolean isIdle() {
        return last.isDone();
    }

    /** Starts a step, once the one before has ended. */
    void start(Step step) throws IOException {
        await();
        last = CompletableFuture.runAsync(() -> run(step), executor);
    }

    private static void run(Step step) {
        try {
            step.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Waits for the end of the last step.
     *
     * @throws IOException that it failed with
     */
    void await() throws IOException {
        try {
            last.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof UncheckedIOException failure) {
                throw failure.getCause();
            }
            throw e;
        }
    }

    /** Waits for the same, however it ends. */
    void settle() {
        last.handle((_, _) -> true).join();
    }
}
