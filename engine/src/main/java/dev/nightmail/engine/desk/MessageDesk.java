package dev.nightmail.engine.desk;

import dev.nightmail.core.upstream.AnswerSink;
import dev.nightmail.core.upstream.Call;

/**
 * Where interactive calls go: to the upstream that serves their model, ahead of all batches. Safe
 * for many threads.
 */
public interface MessageDesk {

    /**
     * Passes one exchange through, or answers with what it was refused with. Where several
     * upstreams serve the model, one that has no room or cannot be reached costs nothing but the
     * time to find out: the next is asked. Where none has room since calls of batches have it, the
     * call is made again for a while before it is refused.
     *
     * @param model that the call names; empty where it names none, which the first upstream of the
     *     configuration then serves. So a list of models is that upstream's own, page by page and
     *     with its own cursors: lists of several cannot be joined without asking all of them for
     *     everything first, and some do not list what they serve
     */
    void forward(String model, Call call, AnswerSink sink) throws InterruptedException;
}
