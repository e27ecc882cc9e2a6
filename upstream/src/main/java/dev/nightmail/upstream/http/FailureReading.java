package dev.nightmail.upstream.http;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import javax.net.ssl.SSLException;
import org.eclipse.jetty.client.HttpResponseException;
import org.eclipse.jetty.io.EofException;

/** Reads from an exception which step of an exchange failed, and whether anything was sent. */
final class FailureReading {

    private FailureReading() {}

    /**
     * @param begun a connection was there and the request was given to it
     * @param committed the head of the request has been written out
     */
    static HttpOutcome outcome(Throwable failure, boolean begun, boolean committed) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof BrokenAnswer broken) {
                return new HttpOutcome.Broken(broken.step());
            }
            if (cause instanceof SSLException && !committed) {
                // The handshake is made when the request is about to be written.
                return new HttpOutcome.NotSent(FailedStep.TLS_HANDSHAKE);
            }
        }
        return begun
                ? new HttpOutcome.Broken(brokenStep(failure))
                : new HttpOutcome.NotSent(connectStep(failure));
    }

    private static FailedStep connectStep(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            switch (cause) {
                case SocketTimeoutException _ -> {
                    return FailedStep.CONNECT_TIMEOUT;
                }
                case UnknownHostException _ -> {
                    return FailedStep.NAME_RESOLUTION;
                }
                case UnresolvedAddressException _ -> {
                    return FailedStep.NAME_RESOLUTION;
                }
                case ConnectException _ -> {
                    return FailedStep.CONNECTION_REFUSED;
                }
                case HttpResponseException _ -> {
                    // The answer of a proxy that would not open a tunnel.
                    return FailedStep.PROXY;
                }
                default -> {}
            }
        }
        return FailedStep.CONNECT;
    }

    private static FailedStep brokenStep(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof EofException || cause instanceof EOFException) {
                return FailedStep.CONNECTION_CUT;
            }
            if (cause instanceof HttpResponseException) {
                return FailedStep.GARBLED;
            }
        }
        return failure instanceof IOException ? FailedStep.CONNECTION_CUT : FailedStep.GARBLED;
    }
}
