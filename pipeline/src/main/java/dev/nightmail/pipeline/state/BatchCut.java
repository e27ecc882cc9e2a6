package dev.nightmail.pipeline.state;

/** Decides where a batch ends. Asked for each record in turn. */
@FunctionalInterface
public interface BatchCut {

    /**
     * Whether a batch that holds so much already may take one request more.
     *
     * @param requests in the batch so far
     * @param bytes of the body so far
     * @param paramsBytes of all params so far
     * @param nextLineBytes what the next request adds to the body
     * @param nextParamsBytes what it adds to the params
     */
    boolean takes(
            int requests, long bytes, long paramsBytes, long nextLineBytes, long nextParamsBytes);
}
