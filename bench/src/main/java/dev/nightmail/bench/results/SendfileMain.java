package dev.nightmail.bench.results;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The limit as a process, where there is no nginx: gives one file to whoever connects, whatever
 * they ask for, one after the other, and lets the system copy it to the socket. Ends with its
 * standard input.
 *
 * <p>Argument: the file.
 */
public final class SendfileMain {

    private SendfileMain() {}

    public static void main(String[] args) throws IOException {
        try (var listener = ServerSocketChannel.open();
                var file = FileChannel.open(Path.of(args[0]), StandardOpenOption.READ)) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            Thread.ofPlatform().name("sendfile").daemon().start(() -> serve(listener, file));
            System.out.println("ready at http://127.0.0.1:" + listener.socket().getLocalPort());
            System.in.transferTo(java.io.OutputStream.nullOutputStream());
        }
    }

    private static void serve(ServerSocketChannel listener, FileChannel file) {
        while (listener.isOpen()) {
            try (var socket = listener.accept()) {
                give(file, socket);
            } catch (IOException e) {
                System.err.println("a download broke off: " + e);
            }
        }
    }

    private static void give(FileChannel file, SocketChannel socket) throws IOException {
        var call = ByteBuffer.allocate(8192);
        // One read holds the whole call: nobody sends one in pieces.
        socket.read(call);
        var head =
                "HTTP/1.1 200 OK\r\ncontent-length: "
                        + file.size()
                        + "\r\nconnection: close\r\n\r\n";
        socket.write(ByteBuffer.wrap(head.getBytes(US_ASCII)));
        long at = 0;
        while (at < file.size()) {
            at += file.transferTo(at, file.size() - at, socket);
        }
    }
}
