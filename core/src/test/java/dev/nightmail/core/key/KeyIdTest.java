package dev.nightmail.core.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HashSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyIdTest {

    @Test
    void newIdsDifferAndHoldNothingThatIsMisheard() {
        var random = new Random(7);
        var ids = new HashSet<KeyId>();
        for (int i = 0; i < 1000; i++) {
            ids.add(KeyId.create(random));
        }
        assertThat(ids)
                .hasSize(1000)
                .allSatisfy(id -> assertThat(id.value()).matches("key_[0-9a-km-np-z]{12}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "key_", "nm_live_abc", "key_a b", "key_\n"})
    void whatIsNoIdIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> new KeyId(text));
    }
}
