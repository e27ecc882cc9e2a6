package dev.nightmail.engine.relay;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.journal.JournalException;
import dev.nightmail.core.relay.Relay;
import dev.nightmail.core.relay.RelayId;
import dev.nightmail.core.relay.RelayedId;
import dev.nightmail.core.request.Request;
import dev.nightmail.core.upstream.BatchUpstream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import java.util.PrimitiveIterator;

/**
 * The body of a relay's create, read from the logs of its batches as it is sent: memory holds one
 * request. Requests never change, so that its bytes are the same each time.
 */
final class RelayBody implements BatchUpstream.Body {

    private static final byte[] START = "{\"requests\":[".getBytes(US_ASCII);
    private static final byte[] END = "]}".getBytes(US_ASCII);
    private static final byte[] COMMA = ",".getBytes(US_ASCII);
    private static final byte[] ENTRY_END = "}".getBytes(US_ASCII);

    private final Relay relay;
    private final RequestSource requests;
    private final long bytes;

    RelayBody(Relay relay, RequestSource requests, long bytes) {
        this.relay = relay;
        this.requests = requests;
        this.bytes = bytes;
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public InputStream open() {
        return new Requests();
    }

    private static byte[] entryStart(RelayId relay, BatchId batch, int number) {
        return "{\"custom_id\":\"%s\",\"params\":"
                .formatted(new RelayedId(batch, number, relay).customId())
                .getBytes(US_ASCII);
    }

    private final class Requests extends InputStream {
        private final Iterator<Relay.Part> parts = relay.parts().iterator();
        private Relay.Part part = parts.next();
        private PrimitiveIterator.OfInt numbers = part.requests().iterator();
        private byte[][] pieces = {START};
        private int piece;
        private int at;
        private boolean begun;
        private boolean ended;

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            while (piece < pieces.length && at == pieces[piece].length) {
                piece++;
                at = 0;
            }
            if (piece == pieces.length) {
                if (ended) {
                    return -1;
                }
                pieces = next();
                piece = 0;
                at = 0;
            }
            int count = Math.min(length, pieces[piece].length - at);
            System.arraycopy(pieces[piece], at, target, offset, count);
            at += count;
            return count;
        }

        private byte[][] next() throws IOException {
            while (!numbers.hasNext()) {
                if (!parts.hasNext()) {
                    ended = true;
                    return new byte[][] {END};
                }
                part = parts.next();
                numbers = part.requests().iterator();
            }
            int number = numbers.nextInt();
            var params = read(number).params().array();
            var start = entryStart(relay.id(), part.batch(), number);
            if (begun) {
                return new byte[][] {COMMA, start, params, ENTRY_END};
            }
            begun = true;
            return new byte[][] {start, params, ENTRY_END};
        }

        private Request read(int number) throws IOException {
            try {
                return requests.read(part.batch(), number);
            } catch (JournalException e) {
                throw new IOException(e.getMessage(), e);
            }
        }
    }
}
