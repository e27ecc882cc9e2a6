package dev.nightmail.jetty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.util.BufferUtil;
import org.junit.jupiter.api.Test;

class LeasedBuffersTest {

    private final LeasedBuffers buffers = new LeasedBuffers(new ArrayByteBufferPool());

    @Test
    void whatIsGivenBackTwiceIsNotTakenFromWhoeverHasItNow() {
        var first = buffers.acquire(1024, false);
        assertThat(first.release()).isTrue();
        var second = buffers.acquire(1024, false);
        BufferUtil.append(second.getByteBuffer(), ByteBuffer.wrap(new byte[] {1, 2, 3}));

        assertThatThrownBy(first::release).isInstanceOf(IllegalStateException.class);
        first.clear();

        assertThat(second.remaining()).isEqualTo(3);
        var third = buffers.acquire(1024, false);
        assertThat(third.getByteBuffer().array()).isNotSameAs(second.getByteBuffer().array());
        assertThat(second.release()).isTrue();
    }

    @Test
    void memoryIsUsedAgainOnceItIsGivenBackByAllWhoHoldIt() {
        var first = buffers.acquire(1024, false);
        var memory = first.getByteBuffer().array();
        first.retain();

        assertThat(first.release()).isFalse();
        assertThat(buffers.acquire(1024, false).getByteBuffer().array()).isNotSameAs(memory);

        assertThat(first.release()).isTrue();
        assertThat(buffers.acquire(1024, false).getByteBuffer().array()).isSameAs(memory);
    }
}
