package dev.nightmail.pipeline.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.pipeline.testing.S3Server;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
class S3StoreTest {

    private static final int PART_BYTES = 5 << 20;

    @TempDir Path folder;
    @AutoClose private final S3Server server = new S3Server();

    private final Thread reader = Thread.currentThread();

    S3StoreTest() throws Exception {}

    @Test
    void anObjectOfManyPartsIsWhatTheFileIs() throws Exception {
        var bytes = new byte[2 * PART_BYTES + 12_345];
        new Random(1).nextBytes(bytes);
        var file = Files.write(folder.resolve("large"), bytes);
        var place = new S3Place(S3Server.BUCKET, "large");

        try (var store = S3Store.open(PART_BYTES)) {
            store.put(file, place, "me");

            assertThat(store.owner(place)).hasValue("me");
        }
        assertThat(server.bytes("large")).isEqualTo(bytes);
    }

    @Test
    void whoseAnObjectIsIsSaidByWhoWroteIt() throws Exception {
        server.put("theirs", "x");

        try (var store = S3Store.open()) {
            assertThat(store.owner(new S3Place(S3Server.BUCKET, "theirs"))).hasValue("");
            assertThat(store.owner(new S3Place(S3Server.BUCKET, "none"))).isEmpty();
        }
    }

    @Test
    void anObjectThatComesDamagedOrCutOffIsFetchedAgain() throws Exception {
        for (UnaryOperator<byte[]> fault :
                List.<UnaryOperator<byte[]>>of(
                        S3StoreTest::damaged, bytes -> Arrays.copyOf(bytes, 3))) {
            var before = server.downloads();
            server.spoil(fault);

            assertThat(fetched()).isEqualTo("content");
            assertThat(server.downloads() - before).isEqualTo(2);
        }
    }

    @Test
    void whatComesTwiceAlikeIsTheObjectThoughItsETagLooksLikeAnotherHash() throws Exception {
        server.spoil(S3StoreTest::damaged);
        server.spoil(S3StoreTest::damaged);

        assertThat(fetched()).isEqualTo("Content");
    }

    @Test
    void anObjectThatNeverComesWholeIsNamed() {
        for (int times = 0; times < 4; times++) {
            server.spoil(bytes -> Arrays.copyOf(bytes, 3));
        }

        assertThatThrownBy(this::fetched)
                .isInstanceOf(S3Failure.class)
                .hasMessageStartingWith("cannot read s3://bucket/object: it did not come whole (");
    }

    @Test
    void anObjectThatIsReplacedAfterItWasListedIsNotRead() throws Exception {
        try (var store = S3Store.open()) {
            var listed = listed(store, "one");
            listed(store, "another");

            assertThatThrownBy(() -> store.fetch(listed, folder.resolve("copy")))
                    .isInstanceOf(S3Failure.class)
                    .hasMessageContaining("it was replaced or removed since it was listed");
        }
    }

    @Test
    void aReaderThatIsInterruptedStops() throws Exception {
        try (var store = S3Store.open()) {
            var listed = listed(store, "content");
            server.spoil(bytes -> {
                reader.interrupt();
                return bytes;
            });

            assertThatThrownBy(() -> store.fetch(listed, folder.resolve("copy")))
                    .isInstanceOf(S3Failure.class);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    private static byte[] damaged(byte[] bytes) {
        bytes[0] ^= 'c' ^ 'C';
        return bytes;
    }

    private String fetched() throws Exception {
        try (var store = S3Store.open()) {
            store.fetch(listed(store, "content"), folder.resolve("copy"));
            return Files.readString(folder.resolve("copy"));
        }
    }

    private S3Object listed(S3Store store, String content) throws Exception {
        var place = new S3Place(S3Server.BUCKET, "object");
        store.put(Files.writeString(folder.resolve("object"), content), place, "me");
        return store.list(place, "object", _ -> true).getFirst();
    }

    @Test
    void aServerThatIsAwayIsNamedWithWhatToLookAt() throws Exception {
        var place = new S3Place(S3Server.BUCKET, "key");
        try (var store = S3Store.open()) {
            server.stop();

            assertThatThrownBy(() -> store.checkWritable(place))
                    .isInstanceOf(S3Failure.class)
                    .hasMessageStartingWith("cannot write s3://bucket/key: ")
                    .hasMessageContaining("AWS_ENDPOINT_URL_S3")
                    .hasMessageNotContaining("s3cr3t");
            assertThatThrownBy(() -> store.list(place, "key", _ -> true))
                    .isInstanceOf(S3Failure.class)
                    .hasMessageStartingWith("cannot list s3://bucket/key: ")
                    .hasMessageContaining("AWS_ENDPOINT_URL_S3")
                    .hasMessageNotContaining("s3cr3t");
        }
    }
}
