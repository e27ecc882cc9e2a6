package dev.nightmail.pipeline.sink;

import dev.nightmail.pipeline.s3.S3Place;
import dev.nightmail.pipeline.streams.Packing;
import java.nio.file.Path;

/**
 * Answers as one object in S3.
 *
 * @param target one row a record; packed if its name says so
 * @param work the file that is filled before it is put there
 * @param sampleFile where a sample goes: never into a bucket
 */
record S3SinkDefinition(
        S3Place target,
        SinkFormat format,
        Formulas formulas,
        boolean hasMark,
        FileMode mode,
        Path work,
        Path sampleFile)
        implements SinkDefinition {

    @Override
    public Path folder() {
        return sampleFile.resolveSibling("");
    }

    @Override
    public String place() {
        return target.toString();
    }

    @Override
    public SinkDefinition sample() {
        return new FileSinkDefinition(sampleFile, format, formulas, hasMark, FileMode.REPLACE);
    }

    @Override
    public Sink open(SinkContext context) {
        return new FileSink(
                context,
                new S3FilePlace(context, target, work),
                mode,
                new AnswerFile(
                        format,
                        formulas,
                        hasMark,
                        Packing.ofFileName(target.key()),
                        RowShape.ofFile(context)));
    }
}
