package dev.nightmail.upstream.openai;

import java.net.URI;

/**
 * Where each endpoint of one service is. Tokens are counted outside of the API, next to it: that is
 * where vLLM and llama.cpp have their tokenizers.
 */
record Endpoints(URI chat, URI models, URI tokenize, URI applyTemplate) {

    static Endpoints below(URI url) {
        String base = withoutTrailingSlashes(url.toString());
        String root = base.endsWith("/v1") ? base.substring(0, base.length() - 3) : base;
        return new Endpoints(
                URI.create(base + "/chat/completions"),
                URI.create(base + "/models"),
                URI.create(root + "/tokenize"),
                URI.create(root + "/apply-template"));
    }

    private static String withoutTrailingSlashes(String url) {
        int end = url.length();
        while (end > 0 && url.charAt(end - 1) == '/') {
            end--;
        }
        return url.substring(0, end);
    }
}
