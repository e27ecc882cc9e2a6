package dev.nightmail.upstream.http;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.util.Pool.Entry;
import org.junit.jupiter.api.Test;

class IdleFirstPoolTest {

    private final IdleFirstPool<String> pool = new IdleFirstPool<>(3);

    private Entry<String> idle(String name) {
        var entry = requireNonNull(pool.reserve());
        assertThat(entry.enable(name, false)).isTrue();
        return entry;
    }

    private String acquired() {
        return requireNonNull(requireNonNull(pool.acquire()).getPooled());
    }

    @Test
    void theOneLastUsedComesFirst() {
        idle("a");
        idle("b");
        idle("c");
        var last = requireNonNull(pool.acquire());
        var before = requireNonNull(pool.acquire());
        assertThat(last.getPooled()).isEqualTo("c");
        assertThat(before.getPooled()).isEqualTo("b");

        last.release();
        before.release();

        assertThat(acquired()).isEqualTo("b");
        assertThat(acquired()).isEqualTo("c");
        assertThat(acquired()).isEqualTo("a");
        assertThat(pool.acquire()).isNull();
    }

    @Test
    void whatIsReservedTakesARoomAndIsGivenToNobody() {
        var reserved = requireNonNull(pool.reserve());
        idle("a");
        idle("b");

        assertThat(pool.reserve()).isNull();
        assertThat(pool.size()).isEqualTo(3);
        assertThat(acquired()).isEqualTo("b");
        assertThat(acquired()).isEqualTo("a");
        assertThat(pool.acquire()).isNull();
        assertThat(reserved.remove()).isTrue();
        assertThat(pool.reserve()).isNotNull();
    }

    @Test
    void whatIsRemovedIsGivenToNobodyAndMakesRoomOnce() {
        var first = idle("a");
        var second = idle("b");

        assertThat(first.remove()).isTrue();
        assertThat(first.remove()).isFalse();
        assertThat(first.release()).isFalse();

        assertThat(pool.size()).isEqualTo(1);
        assertThat(pool.stream()).containsExactly(second);
        assertThat(acquired()).isEqualTo("b");
        assertThat(pool.acquire()).isNull();
    }

    @Test
    void anEntryIsEnabledOnce() {
        var entry = idle("a");

        assertThatThrownBy(() -> entry.enable("b", false))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aPoolThatHasEndedGivesAndTakesNothing() {
        idle("a");
        var inUse = requireNonNull(pool.acquire());
        var reserved = requireNonNull(pool.reserve());

        assertThat(pool.terminate()).containsExactlyInAnyOrder(inUse, reserved);

        assertThat(inUse.release()).isFalse();
        assertThat(reserved.enable("b", true)).isFalse();
        assertThat(pool.acquire()).isNull();
        assertThat(pool.reserve()).isNull();
        assertThat(inUse.remove()).isTrue();
        assertThat(reserved.remove()).isTrue();
        assertThat(pool.size()).isZero();
    }

    @Test
    void noEntryIsGivenToTwoAtATime() throws InterruptedException {
        var shared = new IdleFirstPool<Integer>(8);
        var inUse = ConcurrentHashMap.<Integer>newKeySet();
        var violations = new AtomicInteger();
        var names = new AtomicInteger();
        var users = new ArrayList<Thread>();
        for (int user = 0; user < 16; user++) {
            int seed = user;
            users.add(Thread.ofVirtual().start(() -> use(shared, inUse, violations, names, seed)));
        }
        for (var user : users) {
            user.join();
        }

        assertThat(violations).hasValue(0);
        assertThat(shared.size()).isLessThanOrEqualTo(8);
        assertThat(shared.stream()).hasSize(shared.size());
    }

    private static void use(
            IdleFirstPool<Integer> shared,
            Set<Integer> inUse,
            AtomicInteger violations,
            AtomicInteger names,
            int seed) {
        for (int turn = 0; turn < 2_000; turn++) {
            var entry = shared.acquire();
            if (entry == null) {
                entry = shared.reserve();
                if (entry == null) {
                    LockSupport.parkNanos(1);
                    continue;
                }
                entry.enable(names.incrementAndGet(), true);
            }
            var name = requireNonNull(entry.getPooled());
            if (!inUse.add(name)) {
                violations.incrementAndGet();
            }
            LockSupport.parkNanos(1);
            inUse.remove(name);
            boolean gone = (turn + seed) % 7 == 0 ? entry.remove() : entry.release();
            if (!gone) {
                violations.incrementAndGet();
            }
        }
    }
}
