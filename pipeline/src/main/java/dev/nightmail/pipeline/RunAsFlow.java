package dev.nightmail.pipeline;

import java.util.concurrent.CancellationException;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;

/**
 * A run as a flow of events: each subscriber starts one, on a thread of its own. A subscriber that
 * asks for no more holds the run up once the buffer is full, and loses no event; one that cancels
 * ends the run at its next event.
 */
final class RunAsFlow implements Flow.Publisher<PipelineEvent> {

    private final Pipeline pipeline;

    RunAsFlow(Pipeline pipeline) {
        this.pipeline = pipeline;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super PipelineEvent> subscriber) {
        var events =
                new SubmissionPublisher<PipelineEvent>(
                        task -> Thread.ofVirtual().name("pipeline-events").start(task),
                        Flow.defaultBufferSize());
        events.subscribe(subscriber);
        Thread.ofVirtual().name("pipeline-run").start(() -> run(events));
    }

    private void run(SubmissionPublisher<PipelineEvent> events) {
        try {
            pipeline.run(event -> {
                if (!events.hasSubscribers()) {
                    throw new CancellationException("nobody wants to hear of the run any more");
                }
                events.submit(event);
            });
            events.close();
        } catch (Exception e) {
            events.closeExceptionally(e);
        }
    }
}
