package dev.nightmail.bench.drain;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.bench.workload.Workload;
import dev.nightmail.upstream.http.HttpSettings;
import dev.nightmail.upstream.http.JettyExchanges;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.time.Duration;

/**
 * The limit as a process: for each number on its standard input it makes so many calls, and says
 * how many nanoseconds they took.
 *
 * <p>Arguments: the URL to post to, the calls in flight.
 */
public final class BareLoopMain {

    static final String DONE = "done after nanoseconds ";

    private BareLoopMain() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        var url = URI.create(args[0]);
        int inFlight = Integer.parseInt(args[1]);
        var settings =
                HttpSettings.DEFAULT
                        .withConnectionsMax(inFlight)
                        .withTimeouts(
                                Duration.ofSeconds(10),
                                Duration.ofMinutes(1),
                                Duration.ofMinutes(1));
        try (var http = new JettyExchanges(settings);
                var in = new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
            var loop = new BareLoop(http, url, inFlight);
            System.out.println("ready");
            for (var line = in.readLine(); line != null; line = in.readLine()) {
                var workload = Workload.of(Integer.parseInt(line));
                long start = System.nanoTime();
                loop.run(workload);
                System.out.println(DONE + (System.nanoTime() - start));
            }
        }
    }
}
