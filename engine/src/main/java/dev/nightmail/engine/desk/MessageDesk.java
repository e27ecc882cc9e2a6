package dev.nightmail.engine.desk;

import dev.nightmail.core.upstream.AnswerSink;
import dev.nightmail.core.upstream.Call;

/**
 * Where interactive calls go: to the upstream that serves their model, ahead of all batches. Safe
 * for many threads.
 */
public interface MessageDesk {

    /**
     * Passes one exchange through; see {@link dev.nightmail.core.upstream.Upstream#forward}. Where
     * several upstreams serve the model, one that cannot be reached costs nothing but the time to
     * find out: the next is asked.
     *
     * @param model that the call names; empty where it names none, which the first upstream of the
     *     configuration then serves. So a list of models is that upstream's own, page by page and
     *     with its own cursors: lists of several cannot be joined without asking all of them for
     *     everything first, and some do not list what they serve
     */
    void forward(String model, Call call, AnswerSink sink) throws InterruptedException;
}
