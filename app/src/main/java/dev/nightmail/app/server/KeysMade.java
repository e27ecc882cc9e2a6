package dev.nightmail.app.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.nightmail.core.batch.BatchId;
import dev.nightmail.core.journal.Journal;
import dev.nightmail.core.journal.JournalException;
import dev.nightmail.core.key.KeyId;
import dev.nightmail.journal.disk.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * Remembers beside the catalog that API keys were made for a data folder: its file {@code
 * keys-made}. The keys themselves are in {@code catalog.db} only, and a catalog that is lost is
 * made anew without a word: the server would then take any key, and show everything to whoever
 * calls.
 */
public final class KeysMade {

    static final String FILE = "keys-made";

    private static final String TEXT =
            "API keys were made for this folder. The server does not start on it without any.\n";

    private final Path data;

    public KeysMade(Path data) {
        this.data = data;
    }

    /**
     * A key was made, or is there.
     *
     * @throws StartException if that cannot be written down
     */
    public void remember() {
        var file = data.resolve(FILE);
        if (Files.exists(file, NOFOLLOW_LINKS)) {
            return;
        }
        try (var channel = PrivateFiles.open(file, Set.of(WRITE, CREATE, NOFOLLOW_LINKS))) {
            channel.write(ByteBuffer.wrap(TEXT.getBytes(US_ASCII)));
            channel.force(true);
        } catch (IOException e) {
            throw new StartException("cannot write %s: %s".formatted(file, e.getMessage()), e);
        }
    }

    /**
     * What shows that there were keys, in words; empty if nothing does. Batches show it too: each
     * was created with a key.
     */
    Optional<String> evidence(Journal journal) {
        if (Files.exists(data.resolve(FILE), NOFOLLOW_LINKS)) {
            return Optional.of("the file %s says so".formatted(data.resolve(FILE)));
        }
        return journal.batches().stream()
                .flatMap(id -> keyOf(journal, id).stream())
                .filter(key -> !key.equals(KeyId.ANY))
                .findFirst()
                .map("a batch was created with %s"::formatted);
    }

    private static Optional<KeyId> keyOf(Journal journal, BatchId id) {
        try {
            return journal.find(id).map(batch -> batch.header().key());
        } catch (JournalException e) {
            // What is wrong with it is told when it is recovered.
            return Optional.empty();
        }
    }
}
