package dev.nightmail.core.upstream;

import dev.nightmail.core.json.JsonBytes;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How an interactive call went: a refusal, which the client has not seen anything of, or {@link
 * News} alone, when the client has had whatever there was for it.
 */
public sealed interface ForwardOutcome {

    /** What the call tells of the upstream. */
    News news();

    /**
     * The call got no answer but an error. Nothing of it was passed on: the call may be made again,
     * there or elsewhere.
     *
     * @param status with which the client is answered, if it is passed on; no success
     * @param headers that matter to the client, as {@link AnswerSink#begin} takes them
     * @param body the whole error response
     */
    record Refused(News news, int status, Map<String, String> headers, JsonBytes body)
            implements ForwardOutcome {

        public Refused {
            headers = Map.copyOf(headers);
        }

        /** The same, where the call tells something else of the upstream. */
        public Refused about(News other) {
            return new Refused(other, status, headers, body);
        }

        /** Answers the client with it. */
        public void passOn(AnswerSink sink) throws IOException {
            sink.begin(status, headers);
            sink.write(body.array(), 0, body.length());
            sink.end();
        }
    }

    /** What a call tells of its upstream, whoever made it. */
    sealed interface News extends ForwardOutcome {

        @Override
        default News news() {
            return this;
        }
    }

    /** The service answered, be it with a refusal of the request: it is there and has room. */
    record Answered() implements News {}

    /** The service has no room now; as {@link AttemptOutcome.Throttled}. */
    record Throttled(@Nullable Duration retryAfter, Headroom headroom, boolean noPlace)
            implements News {}

    /**
     * The service tried and failed (5xx), or the exchange broke when it may have begun to work.
     *
     * @param phase which step failed, in a word or two for logs
     */
    record Failed(String phase) implements News {}

    /**
     * Nothing was sent.
     *
     * @param phase which step failed, as above
     */
    record Unreachable(String phase) implements News {}

    /** The service does not serve us at all; as {@link AttemptOutcome.Barred}. */
    record Barred(String reason) implements News {}

    /** It tells nothing: the service was not asked, or the client left before it had answered. */
    record NoNews() implements News {}

    /** What an attempt that went like this says of the upstream. */
    static News like(AttemptOutcome attempt) {
        return switch (attempt) {
            case AttemptOutcome.Answered _, AttemptOutcome.Refused _ -> new Answered();
            case AttemptOutcome.Throttled(var retryAfter, var _, var headroom, var noPlace) ->
                    new Throttled(retryAfter, headroom, noPlace);
            case AttemptOutcome.Failed(var phase, var _, var _, var _) -> new Failed(phase);
            case AttemptOutcome.Unreachable(var phase, var _) -> new Unreachable(phase);
            case AttemptOutcome.Barred(var reason, var _) -> new Barred(reason);
        };
    }
}
