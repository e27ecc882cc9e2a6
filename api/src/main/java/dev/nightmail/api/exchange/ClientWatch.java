package dev.nightmail.api.exchange;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;

/**
 * Notices that the client hangs up while a thread waits for somebody else on its behalf, and
 * interrupts that thread: nobody should pay for an answer that nobody reads.
 *
 * <p>Over HTTP/1.1 nothing reads the connection between the end of a call's body and the end of its
 * answer, so nothing sees it close. The watch asks to be told when there is something to read. The
 * end of the stream is a client gone; a byte is the beginning of the next, pipelined call, is given
 * back to the connection and ends the watch. A client that closes only its own half counts as gone:
 * no SDK does that.
 */
public final class ClientWatch implements AutoCloseable, Callback {

    private final Thread waiting;
    private final AbstractEndPoint endPoint;
    private final Connection connection;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean over;
    private boolean clientIsGone;

    private ClientWatch(Thread waiting, AbstractEndPoint endPoint, Connection connection) {
        this.waiting = waiting;
        this.endPoint = endPoint;
        this.connection = connection;
    }

    /** Watches over the calling thread until closed. The call's body has been read. */
    static ClientWatch begin(Request request) {
        var connection = request.getConnectionMetaData().getConnection();
        if (!(connection.getEndPoint() instanceof AbstractEndPoint endPoint)) {
            throw new IllegalStateException("a connection whose reading cannot be watched");
        }
        var watch = new ClientWatch(Thread.currentThread(), endPoint, connection);
        endPoint.tryFillInterested(watch);
        return watch;
    }

    /** Whether the interrupt, if there was one, came from here. */
    public boolean clientIsGone() {
        lock.lock();
        try {
            return clientIsGone;
        } finally {
            lock.unlock();
        }
    }

    /** There is something to read, or the end. */
    @Override
    public void succeeded() {
        lock.lock();
        try {
            if (!over) {
                look();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void failed(Throwable failure) {
        lock.lock();
        try {
            if (!over) {
                giveUp();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Reads at most a byte, without blocking: the lock is held for no longer than that. */
    private void look() {
        // Filled buffers are in reading mode: an empty one has its limit at its position.
        var one = ByteBuffer.allocate(1).limit(0);
        try {
            int filled = endPoint.fill(one);
            if (filled < 0) {
                giveUp();
            } else if (filled == 0) {
                endPoint.tryFillInterested(this);
            } else if (connection instanceof Connection.UpgradeTo pushBack) {
                pushBack.onUpgradeTo(one);
            }
        } catch (IOException e) {
            giveUp();
        }
    }

    private void giveUp() {
        clientIsGone = true;
        waiting.interrupt();
    }

    @Override
    public void close() {
        lock.lock();
        try {
            over = true;
        } finally {
            lock.unlock();
        }
        endPoint.getFillInterest().onFail(new CancellationException("the call is over"));
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }
}
