package dev.nightmail.api.upstreams;

import dev.nightmail.api.auth.Caller;
import dev.nightmail.api.exchange.Exchange;
import dev.nightmail.api.wire.ApiError;
import dev.nightmail.engine.desk.UpstreamDesk;
import java.io.IOException;

/** The endpoints below {@code /nightmail/v1/upstreams}. */
public final class UpstreamEndpoints {

    private static final int OK = 200;

    private final UpstreamDesk desk;

    public UpstreamEndpoints(UpstreamDesk desk) {
        this.desk = desk;
    }

    public void list(Exchange exchange, Caller caller, String id) throws IOException {
        exchange.respond(OK, UpstreamJson.list(desk.upstreams()));
    }

    /** A person says that an upstream is to be given batches again. */
    public void resume(Exchange exchange, Caller caller, String id) throws IOException {
        if (!desk.resume(id)) {
            throw ApiError.notFound("there is no upstream of that name in the configuration");
        }
        exchange.respond(OK, UpstreamJson.resumed(id));
    }
}
