package dev.nightmail.bench.results;

import dev.nightmail.bench.process.LocalPort;
import dev.nightmail.bench.process.Workbench;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A server of one file, as fast as there is: nginx if it is on this machine, else {@link
 * SendfileMain}.
 *
 * @param name for the report
 * @param file where the file is to be had
 */
record BareFileServer(String name, URI file) {

    private static final Duration START_PATIENCE = Duration.ofSeconds(20);

    static BareFileServer start(Workbench bench, Path file)
            throws IOException, InterruptedException {
        var nginx = nginx();
        return nginx.isPresent() ? nginx(bench, nginx.get(), file) : sendfile(bench, file);
    }

    private static Optional<Path> nginx() {
        var path = Optional.ofNullable(System.getenv("PATH")).orElse("") + ":/usr/sbin";
        return Arrays.stream(path.split(File.pathSeparator))
                .map(folder -> Path.of(folder, "nginx"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static BareFileServer nginx(Workbench bench, Path program, Path file)
            throws IOException {
        var port = LocalPort.free();
        var configuration = bench.folder().resolve("nginx.conf");
        Files.writeString(configuration, nginxConfiguration(bench.folder(), port.number(), file));
        var child =
                bench.start(
                        "nginx",
                        List.of(
                                program.toString(),
                                "-p",
                                bench.folder().toString(),
                                "-e",
                                "stderr",
                                "-c",
                                configuration.toString()));
        port.awaitListener(child, START_PATIENCE);
        return new BareFileServer("nginx", port.url().resolve("/" + file.getFileName()));
    }

    private static String nginxConfiguration(Path temp, int port, Path file) {
        return """
        daemon off;
        master_process off;
        pid %1$s/nginx.pid;
        error_log stderr;
        events { worker_connections 64; }
        http {
            access_log off;
            sendfile on;
            tcp_nopush on;
            client_body_temp_path %1$s/nginx-temp;
            proxy_temp_path %1$s/nginx-temp;
            fastcgi_temp_path %1$s/nginx-temp;
            uwsgi_temp_path %1$s/nginx-temp;
            scgi_temp_path %1$s/nginx-temp;
            server { listen 127.0.0.1:%2$d; root %3$s; }
        }
        """
                .formatted(temp, port, file.resolveSibling("."));
    }

    private static BareFileServer sendfile(Workbench bench, Path file)
            throws IOException, InterruptedException {
        var child =
                bench.startJava(
                        "sendfile", SendfileMain.class, List.of("-Xmx64m"), file.toString());
        var url = child.awaitLine("ready at ", START_PATIENCE);
        return new BareFileServer(
                "a bare FileChannel.transferTo", URI.create(url + "/" + file.getFileName()));
    }
}
