package dev.nightmail.core.schedule;

import dev.nightmail.core.json.JsonBytes;

/** Words the answer to a request whose model no route serves. */
public interface NoRoute {

    /**
     * @return a whole {@code not_found_error} response
     */
    JsonBytes error(String model);
}
