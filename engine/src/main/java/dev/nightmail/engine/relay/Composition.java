package dev.nightmail.engine.relay;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.journal.JournalException;
import dev.nightmail.core.relay.Relay;
import dev.nightmail.core.relay.RelayRecord.Sent;
import dev.nightmail.core.relay.RequestNumbers;
import dev.nightmail.core.request.RequestCheck;
import dev.nightmail.core.schedule.Event.RelayAnswered.Answer;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.RelayedOutcome;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What can be sent of a relay: requests that cannot be read now, or that no batch may hold, are
 * left out.
 *
 * @param relay without them; null if nothing is left
 * @param leftOut what that means for each of the others
 */
record Composition(@Nullable Relay relay, List<Answer> leftOut) {

    static Composition of(Relay relay, RequestSource requests, RequestCheck check) {
        var parts = new ArrayList<Relay.Part>();
        var leftOut = new ArrayList<Answer>();
        for (var part : relay.parts()) {
            var fit = new BitSet();
            for (var numbers = part.requests().iterator(); numbers.hasNext(); ) {
                int number = numbers.nextInt();
                var problem = problem(relay, part.batch(), number, requests, check);
                if (problem == null) {
                    fit.set(number);
                } else {
                    leftOut.add(new Answer(part.batch(), number, problem));
                }
            }
            if (!fit.isEmpty()) {
                parts.add(new Relay.Part(part.batch(), RequestNumbers.of(fit)));
            }
        }
        if (parts.isEmpty()) {
            return new Composition(null, leftOut);
        }
        return new Composition(
                new Relay(relay.id(), relay.upstream(), relay.terms(), parts), leftOut);
    }

    private static @Nullable RelayedOutcome problem(
            Relay relay, BatchId batch, int number, RequestSource requests, RequestCheck check) {
        try {
            var params = requests.read(batch, number).params();
            return check.problem(params, relay.terms().apiVersion())
                    .<RelayedOutcome>map(
                            error -> new RelayedOutcome.Tried(new AttemptOutcome.Refused(error)))
                    .orElse(null);
        } catch (JournalException e) {
            return new RelayedOutcome.Unread();
        }
    }

    /**
     * Measures what would be sent.
     *
     * @throws JournalException if it cannot be read
     */
    static Sent sent(Relay relay, RequestSource requests) {
        var sha256 = sha256();
        long bytes = 0;
        var buffer = new byte[64 << 10];
        try (var body = new RelayBody(relay, requests, 0).open()) {
            for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
                sha256.update(buffer, 0, read);
                bytes += read;
            }
        } catch (IOException e) {
            throw new JournalException("cannot read the requests of " + relay.id(), e);
        }
        return new Sent(relay.size(), bytes, HexFormat.of().formatHex(sha256.digest()));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
