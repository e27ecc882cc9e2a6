package dev.nightmail.app.config;

import dev.nightmail.upstream.simulator.SimulatorConfig;
import java.util.Optional;
import java.util.function.Function;

/**
 * Everything a simulator is told that runs alone.
 *
 * @param port 0 for any free one
 */
public record StandaloneSimulator(String host, int port, SimulatorConfig simulator) {

    private static final int PORT = 8788;

    /**
     * @param environment the process's variables, by name
     * @throws ConfigException naming everything that is wrong, a line each
     */
    public static StandaloneSimulator read(
            ConfigSource source, Function<String, Optional<String>> environment) {
        var settings = new Settings(source, new Variables(environment));
        var standalone =
                new StandaloneSimulator(
                        settings.text("host", "127.0.0.1"),
                        settings.number("port", 0, 65_535, PORT),
                        new SimulatorReader(settings, "").read("simulator"));
        settings.finish();
        return standalone;
    }
}
