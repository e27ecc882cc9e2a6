package dev.nightmail.api.check;

import dev.nightmail.api.wire.WireJson;
import dev.nightmail.core.error.ErrorType;
import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.schedule.NoRoute;

/** Words the answer to a request whose model no route serves. */
public final class UnservedModel implements NoRoute {

    @Override
    public JsonBytes error(String model) {
        return JsonBytes.of(
                WireJson.error(
                        ErrorType.NOT_FOUND_ERROR,
                        "model: \"%s\" is served by no route of this server".formatted(model),
                        null,
                        null));
    }
}
