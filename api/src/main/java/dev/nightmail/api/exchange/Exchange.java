package dev.nightmail.api.exchange;

import dev.nightmail.api.auth.Caller;
import dev.nightmail.api.wire.ApiError;
import dev.nightmail.core.error.ErrorType;
import dev.nightmail.core.key.KeyId;
import dev.nightmail.core.memory.MemoryBudget;
import dev.nightmail.core.request.ApiVersion;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Fields;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP exchange as an endpoint sees it. Reading and writing block the calling (virtual) thread.
 */
public final class Exchange {

    private static final long LENGTH_UNKNOWN = -1;
    private static final int BETAS_MAX = 64;
    private static final int BETAS_BYTES_MAX = 4_096;
    private static final int USER_PROFILE_ID_LENGTH_MAX = 255;

    private final Request request;
    private final Response response;
    private final String requestId;
    private final ApiLimits limits;
    private final InstantSource clock;
    private final MemoryBudget bodies;
    private String pathPrefix = "";
    private BooleanSupplier permission = () -> true;

    /**
     * @param bodies memory for what is held of bodies, by this and all other calls
     */
    public Exchange(
            Request request,
            Response response,
            String requestId,
            ApiLimits limits,
            InstantSource clock,
            MemoryBudget bodies) {
        this.request = request;
        this.response = response;
        this.requestId = requestId;
        this.limits = limits;
        this.clock = clock;
        this.bodies = bodies;
    }

    public String requestId() {
        return requestId;
    }

    public ApiLimits limits() {
        return limits;
    }

    /** The call itself, for those who need more of it than is asked for here. */
    public Request request() {
        return request;
    }

    /** The answer itself, for those who do not send JSON. */
    public Response response() {
        return response;
    }

    public boolean isHead() {
        return request.getMethod().equals("HEAD");
    }

    /** What the client's paths begin with that is no part of the API; empty for most. */
    public String pathPrefix() {
        return pathPrefix;
    }

    /** The call came below a prefix, such as {@code /claude}. */
    public void setPathPrefix(String prefix) {
        this.pathPrefix = prefix;
    }

    /**
     * Whether the caller may still do what this call does: its key may have been revoked since it
     * began. For calls that take their time; asking costs little.
     */
    public boolean isStillAllowed() {
        return permission.getAsBoolean();
    }

    /**
     * For a call that waited for its body or for a change, before it acts on it.
     *
     * @throws ApiError if the caller may not do this any more
     */
    public void requireStillAllowed() {
        if (!isStillAllowed()) {
            throw ApiError.of(
                    ErrorType.AUTHENTICATION_ERROR,
                    "the API key was revoked, or may not do this any more, while the call was under way");
        }
    }

    /** How {@link #isStillAllowed} is answered from here on. */
    public void setPermission(BooleanSupplier stillAllowed) {
        this.permission = stillAllowed;
    }

    /** The generation of the API the client speaks. */
    public ApiVersion apiVersion() {
        var version = header("anthropic-version");
        if (version == null) {
            throw ApiError.invalid(
                    "anthropic-version: header is required, one of " + ApiVersion.known());
        }
        return ApiVersion.parse(version)
                .orElseThrow(() ->
                        ApiError.invalid(
                                "anthropic-version: not a version known here, which are "
                                        + ApiVersion.known()));
    }

    /** A header's value, the first if there are several. */
    public @Nullable String header(String name) {
        return request.getHeaders().get(name);
    }

    /** A header's values, one for each time it was sent. */
    public List<String> headers(String name) {
        return request.getHeaders().getFields(name).stream().map(HttpField::getValue).toList();
    }

    /** The values of a comma-separated header that may also be repeated, without duplicates. */
    public List<String> headerList(String name) {
        var values = new LinkedHashSet<String>();
        for (var header : headers(name)) {
            for (var value : header.split(",", -1)) {
                values.add(value.strip());
            }
        }
        values.remove("");
        return List.copyOf(values);
    }

    /**
     * The values of {@code anthropic-beta}. They travel with each request of a batch, hours later:
     * a service would refuse what is refused here.
     */
    public List<String> betas() {
        var betas = headerList("anthropic-beta");
        int bytes = betas.stream().mapToInt(String::length).sum();
        if (betas.size() > BETAS_MAX || bytes > BETAS_BYTES_MAX) {
            throw ApiError.invalid(
                    "anthropic-beta: at most %d values of %d characters in all, not %d of %d"
                            .formatted(BETAS_MAX, BETAS_BYTES_MAX, betas.size(), bytes));
        }
        if (!betas.stream().allMatch(Exchange::isVisibleAscii)) {
            throw ApiError.invalid("anthropic-beta: expected printable ASCII characters");
        }
        return betas;
    }

    /** The value of {@code anthropic-user-profile-id}; null if it was not sent. */
    public @Nullable String userProfileId() {
        var id = header("anthropic-user-profile-id");
        if (id != null && (id.length() > USER_PROFILE_ID_LENGTH_MAX || !isVisibleAscii(id))) {
            throw ApiError.invalid(
                    "anthropic-user-profile-id: expected at most %d printable ASCII characters"
                            .formatted(USER_PROFILE_ID_LENGTH_MAX));
        }
        return id;
    }

    private static boolean isVisibleAscii(String text) {
        return text.chars().allMatch(c -> c >= ' ' && c <= '~');
    }

    /** The query's parameters. */
    public Fields query() {
        try {
            return Request.extractQueryParameters(request);
        } catch (RuntimeException e) {
            throw ApiError.invalid("the query string is not well-formed");
        }
    }

    /** The query string as it was sent, without {@code ?}. */
    public String rawQuery() {
        var query = request.getHttpURI().getQuery();
        return query == null ? "" : query;
    }

    /**
     * Memory for this call's body, empty at first; to be closed when nothing of it is held any
     * more. Shared out by key, and by address as long as any key will do.
     */
    public BodyMemory memory(Caller caller) {
        var holder =
                caller.key().equals(KeyId.ANY)
                        ? "address " + Request.getRemoteAddr(request)
                        : "key " + caller.key().value();
        return new BodyMemory(bodies.open(holder));
    }

    /**
     * The body, decoded, to be read once. Reading it throws an {@link ApiError} when it is too
     * large, too slow or wrongly encoded, and {@link ClientGoneException} when it breaks off.
     *
     * @param bytesMax after decoding
     * @param memory in which what is read is held
     */
    public InputStream body(long bytesMax, BodyMemory memory) throws IOException {
        var decoder = DecodedBody.decoder(String.join(",", headers("content-encoding")));
        long announced = request.getLength();
        // What is encoded can only grow, so its length as sent is a lower bound all the same.
        if (announced != LENGTH_UNKNOWN && announced > bytesMax) {
            throw BoundedBody.tooLarge(
                    bytesMax, "content-length announces %d".formatted(announced));
        }
        var network =
                new PacedBody(
                        Content.Source.asInputStream(request), clock, limits, this::cutConnection);
        memory.filledBy(network);
        return decoder == null
                ? new BoundedBody(network, bytesMax, false)
                : new BoundedBody(new DecodedBody(network, decoder, bytesMax), bytesMax, true);
    }

    /** The whole body as {@link #body} gives it, counted by {@code memory}. */
    public byte[] wholeBody(int bytesMax, BodyMemory memory) throws IOException {
        boolean isEncoded = !headers("content-encoding").isEmpty();
        try (var body = body(bytesMax, memory)) {
            return WholeBody.read(
                    body, isEncoded ? LENGTH_UNKNOWN : request.getLength(), bytesMax, memory);
        }
    }

    /** Sends a whole JSON answer. */
    public void respond(int status, byte[] json) throws IOException {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, json.length);
        write(true, ByteBuffer.wrap(json));
    }

    /** Lets the answer pause, at our end or at the client's, for longer than calls usually may. */
    public void allowStalls() {
        setIdleTimeout(limits.stallTimeout());
    }

    /** Ends what {@link #allowStalls} allowed. */
    public void allowNoStalls() {
        setIdleTimeout(limits.idleTimeout());
    }

    /** Interrupts the calling thread when the client hangs up, until the watch is closed. */
    public ClientWatch watchClient() {
        return ClientWatch.begin(request);
    }

    /** Makes the answer one of events, each of which is to arrive when it is sent. */
    public void beginEventStream(String contentType, String cacheControl) {
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, cacheControl);
        // nginx would hold events back until it has a bufferful.
        response.getHeaders().put("x-accel-buffering", "no");
        requireEnd();
    }

    /**
     * Has the answer say where it ends, so that one that broke off is not taken for whole: in
     * chunks, also where the connection is closed behind it. HTTP/1.0 knows none; there {@link
     * #reset} says it.
     */
    public void requireEnd() {
        if (request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_1) {
            response.getHeaders().put(HttpHeader.TRANSFER_ENCODING, "chunked");
        }
    }

    /**
     * Resets the connection (RST): the answer broke off. A plain close (FIN) would be the proper
     * end of an answer over HTTP/1.0, which proxies speak, and some take it for one in any case.
     */
    public void reset() {
        var endPoint = endPoint();
        while (endPoint instanceof EndPoint.Wrapper wrapper) {
            endPoint = wrapper.unwrap();
        }
        if (endPoint.getTransport() instanceof SocketChannel channel) {
            try {
                // What is unsent is dropped, and closing resets.
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            } catch (IOException e) {
                // It is closed already.
            }
        }
        endPoint.close();
    }

    /** What time it is. */
    public Instant now() {
        return clock.instant();
    }

    /** Closes the connection without an answer; there is nobody left to answer then. */
    public ClientGoneException hangUp(Throwable cause) {
        cutConnection();
        return new ClientGoneException(cause);
    }

    private void cutConnection() {
        endPoint().close();
    }

    private void setIdleTimeout(Duration timeout) {
        endPoint().setIdleTimeout(timeout.toMillis());
    }

    private EndPoint endPoint() {
        return request.getConnectionMetaData().getConnection().getEndPoint();
    }

    /** Sends bytes of the answer at once. */
    public void write(boolean last, ByteBuffer bytes) throws IOException {
        try {
            Content.Sink.write(response, last, bytes);
        } catch (IOException e) {
            throw new ClientGoneException(e);
        }
    }
}
