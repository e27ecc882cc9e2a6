package dev.nightmail.bench.results;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.regex.Pattern;

/**
 * The limit as a process, where there is no nginx: gives one file, or the range of it that is asked
 * for, to whoever connects, whatever they ask for, one after the other, and lets the system copy it
 * to the socket. Ends with its standard input.
 *
 * <p>Argument: the file.
 */
public final class SendfileMain {

    private static final Pattern RANGE = Pattern.compile("\r\nrange: bytes=([0-9]+)-([0-9]+)\r\n");

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

    /** Returns once the listener is closed. */
    static void serve(ServerSocketChannel listener, FileChannel file) {
        while (listener.isOpen()) {
            try (var socket = listener.accept()) {
                give(file, socket);
            } catch (AsynchronousCloseException _) {
                return;
            } catch (IOException e) {
                System.err.println("a download broke off: " + e);
            }
        }
    }

    private static void give(FileChannel file, SocketChannel socket) throws IOException {
        var call = ByteBuffer.allocate(8192);
        // One read holds the whole call: nobody sends one in pieces.
        socket.read(call);
        var range = RANGE.matcher(new String(call.array(), 0, call.position(), US_ASCII));
        boolean part = range.find();
        long from = part ? Long.parseLong(range.group(1)) : 0;
        long end = part ? Long.parseLong(range.group(2)) + 1 : file.size();
        var head =
                "HTTP/1.1 %s\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
                        .formatted(part ? "206 Partial Content" : "200 OK", end - from);
        socket.write(ByteBuffer.wrap(head.getBytes(US_ASCII)));
        for (long at = from; at < end; ) {
            at += file.transferTo(at, end - at, socket);
        }
    }
}
