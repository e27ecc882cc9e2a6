package dev.nightmail.pipeline.run;

import dev.nightmail.pipeline.definition.OutputSink;
import dev.nightmail.pipeline.sink.ReaderGoneException;
import dev.nightmail.pipeline.sink.RowShape;
import dev.nightmail.pipeline.sink.Sink;
import dev.nightmail.pipeline.sink.SinkContext;
import dev.nightmail.pipeline.sink.SinkException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The sinks of one run. Each is written whatever becomes of the others. */
final class OpenSinks implements AutoCloseable {

    /**
     * One of them.
     *
     * @param shape of its rows, where it writes a file
     */
    record OpenSink(OutputSink definition, Sink sink, RowShape shape) {
        private boolean isFile() {
            return definition.definition().file().isPresent();
        }
    }

    /** What is done with each. */
    interface Use {
        void use(OpenSink sink) throws InterruptedException;
    }

    private final List<OpenSink> all;

    private OpenSinks(List<OpenSink> all) {
        this.all = all;
    }

    static OpenSinks of(List<OutputSink> sinks, Function<OutputSink, SinkContext> context) {
        var open = new ArrayList<OpenSink>();
        for (var sink : sinks) {
            var told = context.apply(sink);
            open.add(new OpenSink(sink, sink.definition().open(told), RowShape.ofFile(told)));
        }
        return new OpenSinks(open);
    }

    /**
     * Uses each of them.
     *
     * @throws SinkException the first there was, once all were used; the others are suppressed
     * @throws ReaderGoneException at once: nobody wants to have the answers any more
     */
    void each(Use use) throws InterruptedException {
        each(all, use);
    }

    /** The same with those that are files. */
    void eachFile(Use use) throws InterruptedException {
        each(all.stream().filter(OpenSink::isFile).toList(), use);
    }

    void eachOther(Use use) throws InterruptedException {
        each(all.stream().filter(sink -> !sink.isFile()).toList(), use);
    }

    private static void each(List<OpenSink> sinks, Use use) throws InterruptedException {
        SinkException first = null;
        for (var sink : sinks) {
            try {
                use.use(sink);
            } catch (ReaderGoneException e) {
                throw e;
            } catch (SinkException e) {
                first = added(first, e);
            }
        }
        if (first != null) {
            throw first;
        }
    }

    private static SinkException added(@Nullable SinkException first, SinkException next) {
        if (first == null) {
            return next;
        }
        first.addSuppressed(next);
        return first;
    }

    @Override
    public void close() {
        all.forEach(open -> open.sink().close());
    }
}
