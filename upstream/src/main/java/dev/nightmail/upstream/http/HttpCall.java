package dev.nightmail.upstream.http;

import dev.nightmail.core.memory.MemoryShare;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One request to be sent.
 *
 * @param headers as they are to be sent; {@code host} and {@code content-length} are added
 * @param timeout for everything from waiting for a connection to the last byte of the answer
 * @param memory that counts the answer, closed by the caller; null if the answer is counted only
 *     until the exchange returns it
 */
public record HttpCall(
        String method,
        URI uri,
        HttpHeaders headers,
        HttpBody body,
        Duration timeout,
        @Nullable MemoryShare memory) {

    public HttpCall(String method, URI uri, HttpHeaders headers, HttpBody body, Duration timeout) {
        this(method, uri, headers, body, timeout, null);
    }

    /**
     * @param body sent as it is, not copied: nobody writes to it; empty if there is none
     */
    public HttpCall(String method, URI uri, HttpHeaders headers, byte[] body, Duration timeout) {
        this(method, uri, headers, new HttpBody.Bytes(body), timeout);
    }

    HttpCall at(URI other, Duration remaining) {
        return new HttpCall(method, other, headers, body, remaining, memory);
    }

    /** The same, its answer counted by a share that outlives the exchange. */
    public HttpCall holding(MemoryShare share) {
        return new HttpCall(method, uri, headers, body, timeout, share);
    }

    /** Says where to, never what: the body is a prompt, the headers hold a key. */
    @Override
    public String toString() {
        return method + " " + uri.getScheme() + "://" + uri.getRawAuthority() + uri.getRawPath();
    }
}
