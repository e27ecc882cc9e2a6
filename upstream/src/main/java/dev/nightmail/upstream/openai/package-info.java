/**
 * The adapter to servers that speak the Chat Completions API of OpenAI: vLLM, SGLang, Ollama,
 * llama.cpp, OpenAI itself. Messages go in and come out; what has no counterpart there is refused
 * by its name.
 */
@NullMarked
package dev.nightmail.upstream.openai;

import org.jspecify.annotations.NullMarked;
