package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.client.Pause;
import java.time.Duration;

/** Pauses as long as another does, up to a bound in all: for a run that is not to wait. */
final class ShortPause implements Pause {

    private final Pause pause;
    private Duration left;

    ShortPause(Pause pause, Duration max) {
        this.pause = pause;
        this.left = max;
    }

    /**
     * @throws LeftForLaterException if that is too long
     */
    @Override
    public void pause(Duration duration) throws InterruptedException {
        left = left.minus(duration);
        if (left.isNegative()) {
            throw new LeftForLaterException();
        }
        pause.pause(duration);
    }
}
