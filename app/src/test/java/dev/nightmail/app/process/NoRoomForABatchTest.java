package dev.nightmail.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** A batch that is larger than what is left of the disk. */
class NoRoomForABatchTest {

    private static final int DISK_MEGABYTES = 4;
    private static final Questions FEW = new Questions(100);

    /** About six megabytes. */
    private static final Questions TOO_MANY = new Questions(45_000);

    @TempDir private Path folder;

    @Test
    void itIsRefusedAndEverythingElseGoesOn() throws Exception {
        try (var disk = SmallDisk.mount(folder.resolve("data"), DISK_MEGABYTES);
                var upstream = new HeldUpstream();
                var server = ForkedNightmail.serving(disk.folder(), upstream);
                var caller = new BatchesCaller(server)) {
            upstream.allowAll();
            var batch = caller.create(FEW, "before");
            caller.awaitEnded(batch);

            var refused = caller.tryCreate(TOO_MANY, "too many");

            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(507);
            assertThat(refused.headers().firstValue("x-should-retry")).hasValue("false");
            var error = JsonMapper.shared().readTree(refused.body()).path("error");
            assertThat(error.path("type").asString()).isEqualTo("api_error");
            assertThat(error.at("/details/error_code").asString()).isEqualTo("storage_full");
            assertThat(error.path("message").asString()).contains("disk is full");
            assertThat(disk.folder().resolve("incoming")).isEmptyDirectory();
            assertThat(caller.listed()).containsExactly(batch);
            FEW.assertAllAnswered(caller.results(batch));
            caller.awaitEnded(caller.create(FEW, "after"));
        }
    }
}
