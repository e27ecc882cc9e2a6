package dev.nightmail.bench.results;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.bench.http.Wire;
import dev.nightmail.bench.http.Wire.Span;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SendfileMainTest {

    @TempDir private Path folder;
    private FileChannel file;
    private ServerSocketChannel listener;
    private Thread server;

    @BeforeEach
    void start() throws IOException {
        file = FileChannel.open(Files.writeString(folder.resolve("file"), "hello"));
        listener = ServerSocketChannel.open();
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        server =
                Thread.ofPlatform()
                        .name("sendfile")
                        .start(() -> SendfileMain.serve(listener, file));
    }

    @AfterEach
    void stop() throws Exception {
        listener.close();
        server.join();
        file.close();
    }

    @Test
    void theWholeFileIsGivenToWhoAsksForNoPart() {
        assertThat(Wire.get(url())).isEqualTo(5);
    }

    @Test
    void aPartIsGivenToWhoAsksForIt() {
        var taken = new ArrayList<String>();

        Wire.get(url(), new Span(1, 4), part -> taken.add(US_ASCII.decode(part).toString()));

        assertThat(String.join("", taken)).isEqualTo("ell");
    }

    private URI url() {
        return URI.create("http://127.0.0.1:" + listener.socket().getLocalPort() + "/file");
    }
}
