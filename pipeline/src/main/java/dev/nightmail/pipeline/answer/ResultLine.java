package dev.nightmail.pipeline.answer;

import dev.nightmail.wire.json.ResultReading;
import dev.nightmail.wire.json.ResultReading.Read;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** One line of a batch's results. */
public record ResultLine(String customId, Outcome outcome) {

    /**
     * Empty if the line is no result: broken JSON, no {@code custom_id}, a type this API does not
     * have, or one without what belongs to it. It may have been paid for all the same.
     */
    public static Optional<ResultLine> parse(byte[] line) {
        return ResultReading.line(line)
                .flatMap(
                        read -> outcome(read).map(found -> new ResultLine(read.customId(), found)));
    }

    private static Optional<Outcome> outcome(Read read) {
        return switch (read) {
            case Read.Succeeded(var _, var message) -> message(message).map(Outcome.Succeeded::new);
            case Read.Errored(var _, var error) -> Optional.of(Outcome.Errored.of(error));
            case Read.Canceled _ -> Optional.of(new Outcome.Canceled());
            case Read.Expired _ -> Optional.of(new Outcome.Expired());
            case Read.Unknown _, Read.Garbled _ -> Optional.empty();
        };
    }

    /** Empty for one that is too deep or too long to be read whole. */
    private static Optional<Message> message(byte[] json) {
        try {
            return Optional.of(Message.of(JsonMapper.shared().readTree(json)));
        } catch (JacksonException _) {
            return Optional.empty();
        }
    }
}
