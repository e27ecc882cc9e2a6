package dev.nightmail.core.result;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.usage.Billing;
import dev.nightmail.core.usage.Charge;
import dev.nightmail.core.usage.Usage;

/** The one final answer to a request. */
public sealed interface Result {

    /**
     * @param message the whole Message object, its usage marked as {@code service_tier: batch}
     * @param billing on what terms it really was billed
     */
    record Succeeded(JsonBytes message, Usage usage, Billing billing) implements Result {}

    /**
     * @param error a whole error response: {@code {"type":"error","error":{…},"request_id":…}}
     * @param charge for an answer that was paid for and cannot be delivered
     */
    record Errored(JsonBytes error, Charge charge) implements Result {

        /** As nearly always: nothing was answered. */
        public Errored(JsonBytes error) {
            this(error, Charge.NONE);
        }
    }

    /** The batch was canceled before the request was sent. */
    record Canceled() implements Result {}

    /** The batch expired before the request was answered. */
    record Expired() implements Result {}

    default ResultType type() {
        return switch (this) {
            case Succeeded _ -> ResultType.SUCCEEDED;
            case Errored _ -> ResultType.ERRORED;
            case Canceled _ -> ResultType.CANCELED;
            case Expired _ -> ResultType.EXPIRED;
        };
    }
}
