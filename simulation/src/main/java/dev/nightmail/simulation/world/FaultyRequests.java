package dev.nightmail.simulation.world;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.request.ApiVersion;
import dev.nightmail.core.request.RequestCheck;
import dev.nightmail.simulation.check.Checker;
import java.util.Optional;

/** Some requests ask what none may. */
final class FaultyRequests implements RequestCheck {

    @Override
    public Optional<JsonBytes> problem(JsonBytes params, ApiVersion version) {
        return new String(params.array(), UTF_8).contains("\"faulty\":true")
                ? Optional.of(JsonBytes.of(Checker.FAULTY))
                : Optional.empty();
    }
}
