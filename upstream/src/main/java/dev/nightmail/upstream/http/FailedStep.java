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
    /** What came back was not HTTP, or not the coding it said it was. */
    GARBLED("garbled response", false),
    BODY_TOO_LARGE("body too large", false),
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
