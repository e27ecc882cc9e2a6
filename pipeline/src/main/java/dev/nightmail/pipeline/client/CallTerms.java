package dev.nightmail.pipeline.client;

import java.util.ArrayList;
import java.util.List;

/**
 * What a request is asked with beside its body: it decides what is answered, and so whether two
 * requests are the same.
 *
 * @param version {@code anthropic-version}
 * @param betas {@code anthropic-beta}, in the order they are sent; none twice
 */
public record CallTerms(String version, List<String> betas) {

    /** What every server of this API understands. */
    public static final String VERSION = "2023-06-01";

    public static final CallTerms STANDARD = new CallTerms(VERSION, List.of());

    public CallTerms {
        betas = List.copyOf(betas);
    }

    public boolean isStandard() {
        return equals(STANDARD);
    }

    /**
     * Names the terms, whatever the order of the betas, which says nothing. Empty for those that
     * every request had before there were others.
     */
    public String identity() {
        if (isStandard()) {
            return "";
        }
        var named = new ArrayList<>(betas);
        named.sort(null);
        return version + "\n" + String.join(",", named);
    }
}
