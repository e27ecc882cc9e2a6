package dev.nightmail.bench.upstream;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;

/**
 * A server that does next to nothing, on one thread, so that what is measured is who calls it. Ends
 * when its listener is closed.
 */
final class LocalUpstream implements Runnable {

    private static final int BACKLOG = 4096;
    private static final long WAIT_MILLIS_MAX = 100;

    private final ServerSocketChannel listener;
    private final Selector selector;
    private final Delays delays = new Delays(System::nanoTime);

    private LocalUpstream(ServerSocketChannel listener, Selector selector) {
        this.listener = listener;
        this.selector = selector;
    }

    /** On a free port of the loopback address. */
    static LocalUpstream listening(ServerSocketChannel listener) throws IOException {
        var selector = Selector.open();
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
        return new LocalUpstream(listener, selector);
    }

    @Override
    public void run() {
        try (selector) {
            while (listener.isOpen()) {
                select(delays.millisToWait(WAIT_MILLIS_MAX));
                delays.run();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the local upstream cannot go on", e);
        }
    }

    private void select(long waitMillis) throws IOException {
        if (waitMillis == 0) {
            selector.selectNow(this::serve);
        } else {
            selector.select(this::serve, waitMillis);
        }
    }

    private void serve(SelectionKey key) {
        try {
            if (key.isAcceptable()) {
                accept();
            } else if (key.attachment() instanceof Connection connection) {
                connection.serve();
            }
        } catch (ClosedChannelException _) {
            key.cancel();
        } catch (IOException e) {
            throw new UncheckedIOException("the local upstream cannot accept", e);
        }
    }

    private void accept() throws IOException {
        for (var channel = listener.accept(); channel != null; channel = listener.accept()) {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.register(selector, SelectionKey.OP_READ, new Connection(channel, delays));
        }
    }
}
