package dev.nightmail.api.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HashedBodyTest {

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1, 3_000_000})
    void theHashIsThatOfAllThatWasReadHoweverItWasRead(int bytes) throws Exception {
        var random = new SplittableRandom(bytes);
        var content = new byte[bytes];
        random.nextBytes(content);
        var body = new HashedBody(new ByteArrayInputStream(content), Thread::startVirtualThread);

        var target = new byte[400_000];
        while (body.read(target, 7, random.nextInt(1, target.length - 7)) > 0) {
            target[7] = 0;
        }

        var expected = MessageDigest.getInstance("SHA-256").digest(content);
        assertThat(body.sha256()).isEqualTo(HexFormat.of().formatHex(expected));
    }
}
