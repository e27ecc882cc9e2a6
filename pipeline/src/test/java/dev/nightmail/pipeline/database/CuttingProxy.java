package dev.nightmail.pipeline.database;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands before a server on this machine, and cuts connections when it is told to. */
final class CuttingProxy implements AutoCloseable {

    private final ServerSocket listener;
    private final int target;
    private final Queue<Socket> open = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean refusing = new AtomicBoolean();
    private final AtomicBoolean cutAtCommit = new AtomicBoolean();
    private final AtomicInteger cuts = new AtomicInteger();

    CuttingProxy(int target) throws IOException {
        this.target = target;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("proxy").start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    int cuts() {
        return cuts.get();
    }

    /** The next commit reaches the server; its answer does not come back. */
    void cutAfterCommit() {
        cutAtCommit.set(true);
    }

    /** From now on nobody gets through, and whoever is through is cut. */
    void refuse(boolean yes) {
        refusing.set(yes);
        if (yes) {
            open.forEach(CuttingProxy::cut);
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                var client = listener.accept();
                if (refusing.get()) {
                    client.close();
                    continue;
                }
                var server = new Socket(InetAddress.getLoopbackAddress(), target);
                open.add(client);
                open.add(server);
                var committing = new AtomicBoolean();
                Thread.ofVirtual().start(() -> pump(client, server, committing, true));
                Thread.ofVirtual().start(() -> pump(server, client, committing, false));
            } catch (IOException _) {
                // Closed, or the server is away: the client is told by the cut.
            }
        }
    }

    private void pump(Socket from, Socket to, AtomicBoolean committing, boolean toServer) {
        var buffer = new byte[1 << 16];
        try (from;
                to;
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                var text = new String(buffer, 0, read, StandardCharsets.ISO_8859_1);
                if (toServer && text.contains("COMMIT") && cutAtCommit.compareAndSet(true, false)) {
                    committing.set(true);
                }
                if (!toServer && committing.get() && text.contains("COMMIT")) {
                    // The server says that it is done.
                    cuts.incrementAndGet();
                    return;
                }
                out.write(buffer, 0, read);
                out.flush();
            }
        } catch (IOException _) {
            // One side is gone, and so is the other.
        }
    }

    private static void cut(Socket socket) {
        try {
            socket.close();
        } catch (IOException _) {
            // It was cut.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        open.forEach(CuttingProxy::cut);
    }
}
