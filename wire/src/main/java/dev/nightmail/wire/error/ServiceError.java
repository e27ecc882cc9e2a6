package dev.nightmail.wire.error;

import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the body of an error says, whichever envelope it came in.
 *
 * @param type as the server names it; empty if it gives none. Each family of servers has types of
 *     its own
 * @param code a word or a number in words, {@code details.error_code} first; empty if there is none
 * @param message the server's words, at most {@value #MESSAGE_LENGTH_MAX} characters; empty if it
 *     says nothing. It may repeat a prompt: for the client, never for a log
 * @param labels every type, code, status and reason it gives, in lower case
 * @param requestId null if it gives none
 * @param retryAfter how long the body asks to be left alone (Gemini); null if it does not say
 */
public record ServiceError(
        Envelope envelope,
        String type,
        String code,
        String message,
        Set<String> labels,
        @Nullable String requestId,
        @Nullable Duration retryAfter) {

    /** What is longer is cut. */
    private static final int MESSAGE_LENGTH_MAX = 4_000;

    private static final int REQUEST_ID_LENGTH_MAX = 200;

    public ServiceError {
        labels = Set.copyOf(labels);
        message = shortened(message);
    }

    private static String shortened(String message) {
        if (message.length() <= MESSAGE_LENGTH_MAX) {
            return message;
        }
        // Not between the two halves of a character.
        int end = MESSAGE_LENGTH_MAX;
        if (Character.isHighSurrogate(message.charAt(end - 1))) {
            end--;
        }
        return message.substring(0, end) + "…";
    }

    /** An error that says nothing. */
    static ServiceError silent(Envelope envelope) {
        return new ServiceError(envelope, "", "", "", Set.of(), null, null);
    }

    /** As {@link Envelope#isOfAnApi}. */
    public boolean isServicesOwn() {
        return envelope.isOfAnApi();
    }

    static boolean isRequestId(String text) {
        return !text.isEmpty() && text.length() <= REQUEST_ID_LENGTH_MAX;
    }

    /**
     * This error with what headers say of it, which counts where the body says nothing.
     *
     * @param moreType empty if they say nothing
     */
    ServiceError with(String moreType, @Nullable String otherRequestId) {
        var all = new HashSet<>(labels);
        if (!moreType.isEmpty()) {
            all.add(moreType.toLowerCase(Locale.ROOT));
        }
        return new ServiceError(
                envelope,
                type.isEmpty() ? moreType : type,
                code,
                message,
                all,
                requestId == null ? otherRequestId : requestId,
                retryAfter);
    }

    boolean isLabeledAny(Set<String> words) {
        return labels.stream().anyMatch(words::contains);
    }

    /** For logs: of what kind it is, never what it says, since a message may repeat a prompt. */
    @Override
    public String toString() {
        return "error " + type + " " + code;
    }
}
