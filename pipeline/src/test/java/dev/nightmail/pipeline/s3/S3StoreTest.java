package dev.nightmail.pipeline.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.pipeline.testing.S3Server;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
class S3StoreTest {

    private static final int PART_BYTES = 5 << 20;

    @TempDir Path folder;
    @AutoClose private final S3Server server = new S3Server();

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
    void aServerThatIsAwayIsNamedWithWhatToLookAt() throws Exception {
        var place = new S3Place(S3Server.BUCKET, "key");
        try (var store = S3Store.open()) {
            server.stop();

            assertThatThrownBy(() -> store.checkWritable(place))
                    .isInstanceOf(S3Failure.class)
                    .hasMessageStartingWith("cannot write s3://bucket/key: ")
                    .hasMessageContaining("AWS_ENDPOINT_URL_S3")
                    .hasMessageNotContaining("s3cr3t");
        }
    }
}
