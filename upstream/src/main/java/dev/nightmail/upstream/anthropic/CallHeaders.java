package dev.nightmail.upstream.anthropic;

import dev.nightmail.core.request.ApiVersion;
import dev.nightmail.upstream.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The headers that calls of one service carry. */
final class CallHeaders {

    private final List<HttpHeaders.Field> ofEveryCall;

    CallHeaders(AnthropicConfig config) {
        var fields = new ArrayList<HttpHeaders.Field>();
        fields.add(new HttpHeaders.Field("user-agent", config.userAgent()));
        var apiKey = config.apiKey();
        if (apiKey != null) {
            fields.add(new HttpHeaders.Field("x-api-key", apiKey.reveal()));
        }
        ofEveryCall = List.copyOf(fields);
    }

    /** Of a call in which nobody's betas have a say. */
    HttpHeaders of(ApiVersion version) {
        return new HttpHeaders(fields(version, List.of(), null));
    }

    /** More may be added to them. */
    List<HttpHeaders.Field> fields(
            ApiVersion version, List<String> betas, @Nullable String userProfileId) {
        var fields = new ArrayList<HttpHeaders.Field>(ofEveryCall.size() + 5);
        fields.addAll(ofEveryCall);
        fields.add(new HttpHeaders.Field("anthropic-version", version.header()));
        if (!betas.isEmpty()) {
            fields.add(new HttpHeaders.Field("anthropic-beta", String.join(",", betas)));
        }
        if (userProfileId != null) {
            fields.add(new HttpHeaders.Field("anthropic-user-profile-id", userProfileId));
        }
        return fields;
    }
}
