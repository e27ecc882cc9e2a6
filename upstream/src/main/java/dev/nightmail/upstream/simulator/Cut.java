package dev.nightmail.upstream.simulator;

import dev.nightmail.core.error.ErrorType;
import dev.nightmail.core.upstream.AnswerSink;
import dev.nightmail.upstream.wire.ErrorBody;
import java.io.IOException;

/** How an answer that a fault cuts off ends for whoever reads it. */
enum Cut {
    /** Who reads it is connected to the service itself: the connection just breaks. */
    AT_SERVICE,
    /** Somebody relays it, and says what has happened. */
    AT_RELAY;

    private static final String CUT_OFF = "a simulated fault cut the answer off";

    void off(AnswerSink sink) {
        switch (this) {
            case AT_SERVICE -> sink.abort(new IOException(CUT_OFF));
            case AT_RELAY -> sink.breakOff(ErrorBody.of(ErrorType.API_ERROR, CUT_OFF, null));
        }
    }
}
