package dev.nightmail.api.auth;

import dev.nightmail.api.wire.ApiError;
import dev.nightmail.core.error.ErrorType;
import dev.nightmail.core.key.KeyId;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A call that is not let in: what its client is told, and what we count and log of it. */
public final class RefusedCall extends RuntimeException {

    /** Why. Each is counted by itself. */
    public enum Reason {
        NO_KEY,
        SEVERAL_KEYS,
        UNKNOWN_KEY,
        REVOKED_KEY,
        OTHER_WORKSPACE,
        MISSING_SCOPE,
        FOREIGN_HOST,
        FOREIGN_ORIGIN,
        FORWARDED;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Reason reason;
    private final transient @Nullable KeyId key;
    private final transient ApiError answer;

    private RefusedCall(Reason reason, @Nullable KeyId key, ApiError answer) {
        super(answer.message(), null, false, false);
        this.reason = reason;
        this.key = key;
        this.answer = answer;
    }

    /** The client has not said who it is, or nobody we know. */
    public static RefusedCall unauthenticated(Reason reason, @Nullable KeyId key, String message) {
        return new RefusedCall(reason, key, ApiError.of(ErrorType.AUTHENTICATION_ERROR, message));
    }

    /** The client is not allowed this. */
    public static RefusedCall forbidden(Reason reason, @Nullable KeyId key, String message) {
        return new RefusedCall(
                reason, key, ApiError.of(ErrorType.PERMISSION_ERROR, message).notWorthRetrying());
    }

    public Reason reason() {
        return reason;
    }

    /** Which of our keys the call came with; null for none of ours. */
    public @Nullable KeyId key() {
        return key;
    }

    public ApiError answer() {
        return answer;
    }
}
