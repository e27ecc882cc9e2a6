package dev.nightmail.upstream.openai;

/**
 * A field that not every server takes, and that a request can do without: what a server refuses by
 * name is left out for it from then on.
 */
enum Extra {
    /** Without it many servers do not count what a stream used. */
    STREAM_OPTIONS("stream_options"),
    /** What the model thought before it called a tool: some want it back, some will not have it. */
    THOUGHTS("reasoning_content"),
    /** Gemini's signatures of thoughts. */
    SIGNATURES("extra_content");

    private final String field;

    Extra(String field) {
        this.field = field;
    }

    String field() {
        return field;
    }
}
