package dev.nightmail.jetty;

import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.Retainable;
import org.eclipse.jetty.io.RetainableByteBuffer;

/**
 * Pooled buffers of which each use is a thing of its own. For many threads.
 *
 * <p>Jetty's own pools hand out the same object again. Whoever gives one back twice, as its
 * HTTP/1.1 connection may where a call is not well-formed, then gives back what another connection
 * reads into by now: one client is parsed as another. Here a use that is over stays over. It has
 * its own count and its own position, so that neither a second release nor a clear reaches the next
 * use of the same memory.
 */
public final class LeasedBuffers extends ByteBufferPool.Wrapper {

    /**
     * @param pool whose memory is lent
     */
    public LeasedBuffers(ByteBufferPool pool) {
        super(pool);
    }

    @Override
    public RetainableByteBuffer.Mutable acquire(int size, boolean direct) {
        var pooled = super.acquire(size, direct);
        return new RetainableByteBuffer.FixedCapacity(
                pooled.getByteBuffer().duplicate(), new Lease(pooled));
    }

    private static final class Lease extends Retainable.ReferenceCounter {

        private final RetainableByteBuffer pooled;

        Lease(RetainableByteBuffer pooled) {
            this.pooled = pooled;
        }

        /**
         * @throws IllegalStateException if it was released for the last time before
         */
        @Override
        public boolean release() {
            boolean isOver = super.release();
            if (isOver) {
                pooled.release();
            }
            return isOver;
        }
    }
}
