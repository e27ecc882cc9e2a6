package dev.nightmail.core.key;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class KeySecretTest {

    private final KeySecret key = KeySecret.create(new Random(1));

    @Test
    void aKeyLooksLikeOneAndIsWellFormed() {
        assertThat(key.reveal()).matches("nm_live_[0-9A-Za-z]{49}");
        assertThat(key.isWellFormed()).isTrue();
    }

    @Test
    void everySingleWrongCharacterIsNoticed() {
        var text = key.reveal();
        for (int i = 0; i < text.length(); i++) {
            var wrong = text.charAt(i) == 'x' ? 'y' : 'x';
            var changed = text.substring(0, i) + wrong + text.substring(i + 1);
            assertThat(KeySecret.presented(changed).isWellFormed()).as(changed).isFalse();
        }
    }

    @Test
    void aKeyNeverPrintsItself() {
        assertThat(key).hasToString("***");
        assertThat(key.sha256()).hasSize(64).doesNotContain(key.reveal());
    }
}
