package dev.nightmail.wire.error;

import static java.util.regex.Pattern.CASE_INSENSITIVE;

import java.util.Set;
import java.util.regex.Pattern;

/** How services say that it is a request, a model or a path that is wrong. */
final class RequestWords {

    static final Set<String> OVERLOADED =
            Set.of(
                    "overloaded_error",
                    "overloaded",
                    "engine_overloaded_error",
                    "server_overloaded",
                    "service_tier_capacity_exceeded",
                    "capacity_exceeded",
                    "modelnotreadyexception");

    /** What the Messages API says under 503 of a key store that cannot be reached. */
    static final Set<String> FAULTS_UNDER_503 =
            Set.of("cmek_key_unreachable", "cmek_context_unavailable");

    private static final Set<String> CONTEXT_EXCEEDED =
            Set.of(
                    "context_length_exceeded",
                    "exceed_context_size_error",
                    "context_exceeded",
                    "context_window_exceeded",
                    "model_context_window_exceeded",
                    "contextwindowexceedederror");

    /**
     * OpenAI, vLLM and SGLang; Claude; llama.cpp, old and new; llama-cpp-python; Gemini; Bedrock.
     * Some say so under 500: the request would fail so for ever.
     */
    private static final Pattern CONTEXT_EXCEEDED_MESSAGE =
            Pattern.compile(
                    "maximum context length"
                            + "|\\bprompt is too long\\b"
                            + "|exceeds? (the )?(available |model'?s? )?context (size|length|window|limit)"
                            + "|longer than the model'?s context length"
                            + "|exceeds the maximum number of tokens allowed"
                            + "|\\binput is too long\\b"
                            + "|too long to fit into the model",
                    CASE_INSENSITIVE);

    /** A code says it for certain; of a bare "Not Found" its type says nothing. */
    private static final Set<String> MODEL_NOT_FOUND =
            Set.of("model_not_found", "deploymentnotfound", "model_not_available");

    private static final Pattern MODEL = Pattern.compile("\\bmodels?\\b", CASE_INSENSITIVE);

    /**
     * How a 404 in the shape of an API says that its path is wrong: OpenAI, Groq, vLLM, Azure, LM
     * Studio, then what web frameworks say. Of all else it is about what was asked for.
     */
    private static final Pattern WRONG_PATH =
            Pattern.compile(
                    "^((file|page|path|resource|route|endpoint|url) )?not found\\W*$"
                            + "|^unexpected endpoint or method\\b"
                            + "|\\b(invalid|unknown request) url\\b"
                            + "|\\b(get|post):? ?/",
                    CASE_INSENSITIVE);

    private RequestWords() {}

    static boolean isContextExceeded(ServiceError error) {
        return error.isLabeledAny(CONTEXT_EXCEEDED)
                || CONTEXT_EXCEEDED_MESSAGE.matcher(error.message()).find();
    }

    static boolean isAboutPath(ServiceError error) {
        return !error.isLabeledAny(MODEL_NOT_FOUND)
                && WRONG_PATH.matcher(error.message().strip()).find();
    }

    /** Of words that a gateway may have said as well. */
    static boolean isAboutModel(ServiceError error) {
        return error.isLabeledAny(MODEL_NOT_FOUND) || MODEL.matcher(error.message()).find();
    }
}
