package dev.nightmail.app.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.app.config.ConfigReader;
import dev.nightmail.app.config.ConfigSource;
import dev.nightmail.app.server.NightmailServer;
import dev.nightmail.app.server.ProxyVariables;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A program of its own: the whole server, whose disk fails as standard input says. A line is a
 * number that makes it unique, an order and what the order needs; each is answered with that number
 * and the steps taken since the order before.
 */
final class FaultyServer implements AutoCloseable {

    private final ForkedNightmail process;
    private int orders;

    private FaultyServer(ForkedNightmail process) {
        this.process = process;
    }

    static FaultyServer start(Path data, HeldUpstream upstream) {
        return new FaultyServer(
                ForkedNightmail.fork(
                        FaultyServer.class,
                        Map.of(),
                        List.of(data.toString(), upstream.uri().toString())));
    }

    ForkedNightmail process() {
        return process;
    }

    void failAt(int step) {
        order("fail " + step);
    }

    void fullFrom(int step) {
        order("full " + step);
    }

    /** How many steps there were since the order before. */
    int heal() {
        return order("heal");
    }

    private int order(String text) {
        orders++;
        process.tell(orders + " " + text);
        var answer = process.awaitOutput("order " + orders + " steps ");
        return Integer.parseInt(answer.substring(answer.lastIndexOf(' ') + 1));
    }

    @Override
    public void close() {
        process.close();
    }

    public static void main(String[] args) throws IOException {
        var out = new PrintStream(System.out, true, UTF_8);
        var flags = Map.of("listen.port", "0", "data", args[0], "upstream", args[1]);
        var inFlight = "upstreams.upstream.calls-in-flight-max=" + HeldUpstream.CALLS_IN_FLIGHT_MAX;
        var config =
                ConfigReader.read(
                        new ConfigSource(null, flags, List.of(inFlight)), _ -> Optional.empty());
        var disk = new FaultyDisk();
        var server =
                NightmailServer.start(
                        config,
                        InstantSource.system(),
                        new ProxyVariables(_ -> Optional.empty()),
                        disk,
                        _ -> Runtime.getRuntime().halt(1));
        out.println("Nightmail is ready at " + server.baseUri());
        var in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        for (var line = in.readLine(); line != null; line = in.readLine()) {
            var words = List.of(line.split(" ", -1));
            int steps = disk.heal();
            switch (words.get(1)) {
                case "fail" -> disk.failAt(Integer.parseInt(words.get(2)));
                case "full" -> disk.fullFrom(Integer.parseInt(words.get(2)));
                default -> {}
            }
            out.println("order " + words.getFirst() + " steps " + steps);
        }
    }
}
