package dev.nightmail.upstream.http;

/** The step of an exchange that failed, named for logs and messages. */
public enum FailedStep {
    NAME_RESOLUTION("name resolution", false),
    CONNECTION_REFUSED("connection refused", false),
    CONNECT_TIMEOUT("connect timeout", true),
    CONNECT("connect", false),
    PROXY("proxy", false),
    TLS_HANDSHAKE("tls handshake", false),
    /** No connection came free in time. */
    CONNECTION_WAIT("connection wait timeout", true),
    /** The request was sent, and not one byte came back in time. */
    RESPONSE_TIMEOUT("response timeout", true),
    /** The answer began and then paused for too long. */
    IDLE_TIMEOUT("idle timeout", true),
    /** The exchange as a whole took too long. */
    CALL_TIMEOUT("call timeout", true),
    CONNECTION_CUT("connection cut", false),
    /** What came back was not HTTP, or a head longer than any should be. */
    GARBLED("garbled response", false),
    /** Interim answers (1xx) came without end. */
    INTERIM_ANSWERS("too many interim answers", false),
    /** The body is not of the content coding it claims, ends within it, or claims one unknown. */
    UNDECODABLE("undecodable body", false),
    BODY_TOO_LARGE("body too large", false),
    /** All memory for answers is held by others, and none came free in time. */
    NO_MEMORY("no memory left for the answer", false),
    REDIRECT_LOOP("too many redirects", false),
    /** What was to be sent could not be read. */
    BODY_UNREADABLE("unreadable body", false);

    private final String words;
    private final boolean timeout;

    FailedStep(String words, boolean timeout) {
        this.words = words;
        this.timeout = timeout;
    }

    public boolean isTimeout() {
        return timeout;
    }

    /** In words, for logs and messages. */
    @Override
    public String toString() {
        return words;
    }
}
