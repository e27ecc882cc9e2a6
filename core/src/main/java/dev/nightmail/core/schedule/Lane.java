package dev.nightmail.core.schedule;

import java.util.ArrayDeque;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one batch that go to one upstream, in the order in which they are sent: those
 * that are to be sent again first, then the rest by number.
 */
final class Lane {

    /** Whose batch is due first, then whose is oldest. */
    static final Comparator<Lane> BY_DEADLINE =
            Comparator.comparing((Lane lane) -> lane.batch.batch().header().expiresAt())
                    .thenComparing(lane -> lane.batch.id());

    private final RunningBatch batch;
    private final Pace pace;

    /** Numbers of its requests, ascending; null if they are all of the batch. */
    private final int @Nullable [] numbers;

    private final ArrayDeque<Integer> again = new ArrayDeque<>();
    private int next;

    Lane(RunningBatch batch, Pace pace, int @Nullable [] numbers) {
        this.batch = batch;
        this.pace = pace;
        this.numbers = numbers;
    }

    RunningBatch batch() {
        return batch;
    }

    Pace pace() {
        return pace;
    }

    boolean isEmpty() {
        skipSettled();
        return again.isEmpty() && next >= size();
    }

    /**
     * @return the number of the next request; only if it is not empty
     */
    int poll() {
        skipSettled();
        var first = again.pollFirst();
        return first == null ? numberAt(next++) : first;
    }

    void pushBack(int number) {
        again.addLast(number);
    }

    private void skipSettled() {
        while (!again.isEmpty() && !batch.isPending(again.getFirst())) {
            again.removeFirst();
        }
        while (next < size() && !batch.isPending(numberAt(next))) {
            next++;
        }
    }

    private int size() {
        return numbers == null ? batch.size() : numbers.length;
    }

    private int numberAt(int position) {
        return numbers == null ? position : numbers[position];
    }
}
