package dev.nightmail.upstream.anthropic;

import dev.nightmail.upstream.http.HttpHeaders;
import dev.nightmail.upstream.wire.ErrorBody;
import java.net.URI;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Tells an answer that refuses <em>us</em> from one that refuses a request. The first ends every
 * request alike until a person mends it; to settle them by it would burn a batch in seconds.
 *
 * <p>Ours, by the wire contract (sections 3.1 and 3.2): 401 and 402, which speak of the key and of
 * the account; error codes that speak of the account, under whatever status; a 429 that is not to
 * be retried, which is how a spend cap looks. And whatever is not this API at all: a redirect that
 * leads elsewhere, a page where a Message should be, a 403, 404, 405 or 407 without the API's own
 * error body.
 *
 * <p>The request's: 404 {@code not_found_error}, since its model is not known, and 403 {@code
 * permission_error}, since the contract has it among the results of single requests: a key may lack
 * access to one model and serve all others, and pausing for it would let one client's request stop
 * everybody's. A key that is refused as a whole comes as 401.
 */
final class Barring {

    /** Of the codes these endpoints share, those that no request can do anything about. */
    private static final Set<String> ACCOUNT_CODES =
            Set.of(
                    "claude_code_key_creator_not_member",
                    "cmek_key_disabled",
                    "cmek_key_network_blocked",
                    "organization_on_hold",
                    "enforced_spend_limit_reached",
                    "contract_spend_limit_reached");

    private static final String LINKED_ORGANIZATION = "linked_organization_";
    private static final Pattern WORD = Pattern.compile("[a-z0-9_]{1,64}");

    private final String upstream;
    private final URI url;

    Barring(String upstream, URI url) {
        this.upstream = upstream;
        this.url = url;
    }

    /**
     * @return for the log: what came and what to look at, if the answer bars us
     */
    Optional<String> reason(int status, HttpHeaders headers, byte[] body) {
        if (status < 300) {
            return Answers.hasForeignType(headers)
                    ? Optional.of(foreign(status, headers))
                    : Optional.empty();
        }
        if (status < 400) {
            return Optional.of(redirected(status, headers));
        }
        var error = ErrorBody.read(body);
        if (error.isEmpty()) {
            return bars(status) || isForeignRoute(status)
                    ? Optional.of(foreign(status, headers))
                    : Optional.empty();
        }
        var code = error.get().code();
        boolean account =
                code != null
                        && (ACCOUNT_CODES.contains(code) || code.startsWith(LINKED_ORGANIZATION));
        boolean capped =
                status == 429 && headers.first("x-should-retry").orElse("").equals("false");
        return bars(status) || account || capped
                ? Optional.of(denied(status, code == null ? error.get().type() : code))
                : Optional.empty();
    }

    private static boolean bars(int status) {
        return status == 401 || status == 402;
    }

    private static boolean isForeignRoute(int status) {
        return status == 403 || status == 404 || status == 405 || status == 407;
    }

    private String denied(int status, String word) {
        return "status %d (%s): look at upstreams.%s.api-key and at the account it belongs to"
                .formatted(
                        status,
                        WORD.matcher(word).matches() ? word : "an error of its own",
                        upstream);
    }

    private String foreign(int status, HttpHeaders headers) {
        return "status %d with content type %s, which is not this API: is %s (upstreams.%s.url) where it is?"
                .formatted(status, Answers.contentType(headers).orElse("not given"), url, upstream);
    }

    private String redirected(int status, HttpHeaders headers) {
        return "status %d, a redirect%s, which is not followed: set upstreams.%s.url to where the API is"
                .formatted(
                        status,
                        headers.first("location")
                                .flatMap(this::target)
                                .map(target -> " to " + target)
                                .orElse(""),
                        upstream);
    }

    /** Where a redirect leads, without its query: that may hold what is not ours to show. */
    private Optional<String> target(String location) {
        try {
            var target = url.resolve(location.strip());
            return Optional.ofNullable(target.getHost())
                    .map(_ -> target.getScheme() + "://" + hostAndPort(target) + target.getPath());
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static String hostAndPort(URI uri) {
        return uri.getPort() < 0 ? uri.getHost() : uri.getHost() + ":" + uri.getPort();
    }
}
