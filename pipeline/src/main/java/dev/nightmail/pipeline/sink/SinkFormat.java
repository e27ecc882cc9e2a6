package dev.nightmail.pipeline.sink;

import java.util.Locale;
import java.util.Optional;

/** The file formats answers are written in, chosen by the file's extension. */
public enum SinkFormat {
    JSONL,
    CSV,
    PARQUET;

    public static Optional<SinkFormat> ofFileName(String fileName) {
        var lower = fileName.toLowerCase(Locale.ROOT);
        for (var format : values()) {
            if (lower.endsWith("." + format.name().toLowerCase(Locale.ROOT))) {
                return Optional.of(format);
            }
        }
        return Optional.empty();
    }
}
