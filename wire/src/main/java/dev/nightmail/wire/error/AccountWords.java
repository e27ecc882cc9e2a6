package dev.nightmail.wire.error;

import static java.util.regex.Pattern.CASE_INSENSITIVE;

import dev.nightmail.wire.error.ErrorMeaning.Cause;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How services say that it is our key, our account or our URL that is wrong, under whatever status.
 *
 * <p>Types and codes are compared whole. Messages are compared at their beginning only: a validator
 * repeats a client's own values, and nobody may stop an upstream for everybody by writing
 * "insufficient balance" into a request.
 */
final class AccountWords {

    static final Set<String> UPSTREAM_OF_UPSTREAM = Set.of(ErrorReading.UPSTREAM_UNAUTHORIZED);

    private static final Set<String> CREDENTIAL =
            Set.of(
                    "authentication_error",
                    "invalid_api_key",
                    "invalid_authentication_error",
                    "incorrect_api_key_error",
                    "api_key_invalid",
                    "api_key_service_blocked",
                    "invalidapikey",
                    "unauthenticated",
                    "unrecognizedclientexception",
                    "invalidsignatureexception",
                    "expiredtokenexception",
                    "missingauthenticationtokenexception",
                    "token_expired",
                    "revoked_api_key");

    private static final Set<String> NO_MONEY =
            Set.of(
                    "billing_error",
                    "insufficient_quota",
                    "insufficient_user_quota",
                    "pre_consume_token_quota_failed",
                    "insufficient_balance",
                    "insufficient_balance_error",
                    "insufficient_credits",
                    "exceeded_current_quota_error",
                    "billing_hard_limit_reached",
                    "billing_not_active",
                    "payment_required",
                    "arrearage",
                    "allocationquota.freetieronly",
                    // Zhipu, z.ai: no balance; the plan has run out.
                    "1113",
                    "1309");

    private static final Set<String> ON_HOLD =
            Set.of(
                    "organization_on_hold",
                    "claude_code_key_creator_not_member",
                    "cmek_key_disabled",
                    "cmek_key_network_blocked",
                    "account_deactivated",
                    "organization_deactivated",
                    "unsupported_country_region_territory",
                    // Zhipu, z.ai: inactive, unknown, locked, not accessible.
                    "1110",
                    "1111",
                    "1112",
                    "1120");

    private static final Set<String> SPEND_LIMIT =
            Set.of(
                    "enforced_spend_limit_reached",
                    "contract_spend_limit_reached",
                    "budget_exceeded",
                    "spend_limit_reached");

    private static final String LINKED_ORGANIZATION = "linked_organization_";

    /** Google's name of a rate limit, whose words are those of an empty account elsewhere. */
    private static final Set<String> RATE_AFTER_ALL = Set.of("resource_exhausted");

    /** What gateways put before the words of the service: an exception's name, a code. */
    private static final String BEFORE =
            "^(?:(?:[\\w.]{1,60}(?:Error|Exception)\\b[:\\s-]{1,4})|\\[\\d{1,6}\\]|\\s)*+";

    private static final Pattern CREDENTIAL_MESSAGE =
            message(
                    "(?:incorrect|invalid|missing|expired|wrong|no) (?:api[ _-]?key|x-api-key)"
                            + "|(?:your |the )?api[ _-]?key (?:not valid|(?:was|has been|is) (?:reported|revoked|disabled|expired|invalid|suspended))"
                            + "|(?:the )?security token included in the request is"
                            + "|permission denied: consumer"
                            + "|method doesn't allow unregistered callers"
                            + "|oauth token has (?:been revoked|expired)"
                            + "|access denied due to (?:invalid|missing) subscription key"
                            + "|authentication (?:fails|failed)");

    private static final Pattern NO_MONEY_MESSAGE =
            message(
                    "your credit balance is too low"
                            + "|your credit balance is not"
                            + "|(?:user |account |you have |sorry, )?insufficient[ _](?:account |usd or diem )?(?:balance|credits?|funds|quota)"
                            + "|this request requires more credits"
                            + "|(?:you(?:'ve| have)? )?exceeded your (?:current quota, please check your plan|monthly included credits)"
                            + "|your account [^.]{0,160}(?:suspended due to insufficient balance|exceeded current quota|arrears|overdue)"
                            + "|your newly created teams? doesn't have any credits"
                            + "|access denied, please make sure your account is in good standing"
                            + "|cloud credits expired"
                            + "|payment required"
                            + "|余额不足|账户余额不足|账户欠费|您的账户已欠费");

    private static final Pattern SPEND_LIMIT_MESSAGE =
            message(
                    "you have reached your specified (?:workspace )?api usage limits"
                            + "|budget has been exceeded"
                            + "|exceededbudget\\b"
                            + "|key limit exceeded"
                            + "|billing hard limit"
                            + "|(?:your |the )?(?:project|team|organization|account)[^.]{0,80}(?:spending|spend) (?:limit|cap)"
                            + "|account [^.]{0,80} is suspended, possibly due to reaching the monthly spending limit");

    private static final Pattern ON_HOLD_MESSAGE =
            message(
                    "(?:this|your) (?:organization|account|workspace) (?:has been|is) (?:disabled|deactivated|suspended|locked|on hold|not active|frozen)"
                            + "|user location is not supported"
                            + "|country, region, or territory not supported"
                            + "|access denied due to (?:virtual network|firewall)");

    private AccountWords() {}

    private static Pattern message(String beginning) {
        return Pattern.compile(BEFORE + "(?:" + beginning + ")", CASE_INSENSITIVE);
    }

    /** What is wrong with us; null if the words do not say that anything is. */
    static @Nullable Cause cause(int status, ServiceError error) {
        if (error.isLabeledAny(SPEND_LIMIT)) {
            return Cause.SPEND_LIMIT;
        }
        boolean rate = status == 429 && error.isLabeledAny(RATE_AFTER_ALL);
        if (rate) {
            return null;
        }
        if (error.isLabeledAny(NO_MONEY) || NO_MONEY_MESSAGE.matcher(error.message()).find()) {
            return Cause.NO_MONEY;
        }
        if (SPEND_LIMIT_MESSAGE.matcher(error.message()).find()) {
            return Cause.SPEND_LIMIT;
        }
        boolean linked =
                error.labels().stream().anyMatch(label -> label.startsWith(LINKED_ORGANIZATION));
        if (linked
                || error.isLabeledAny(ON_HOLD)
                || ON_HOLD_MESSAGE.matcher(error.message()).find()) {
            return Cause.ON_HOLD;
        }
        return error.isLabeledAny(CREDENTIAL) || CREDENTIAL_MESSAGE.matcher(error.message()).find()
                ? Cause.CREDENTIAL
                : null;
    }
}
