package dev.nightmail.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.core.key.ApiKey;
import dev.nightmail.core.key.KeyCatalog;
import dev.nightmail.core.key.KeyId;
import dev.nightmail.core.key.Scope;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every catalog of keys promises. */
abstract class KeyCatalogContract {

    private static final ApiKey FIRST = key("key_b", Samples.START);
    private static final ApiKey SECOND = key("key_a", Samples.START.plusSeconds(1));

    private KeyCatalog catalog;

    /** An empty catalog. */
    abstract KeyCatalog create();

    @BeforeEach
    void open() {
        catalog = create();
    }

    private static ApiKey key(String id, Instant createdAt) {
        return new ApiKey(
                new KeyId(id),
                Samples.TEAM,
                "name of " + id,
                Set.of(Scope.READ, Scope.SUBMIT),
                createdAt,
                null);
    }

    @Test
    void aKeyIsFoundByItsHashAlone() {
        assertThat(catalog.anyExist()).isFalse();
        catalog.insert(FIRST, "aa");

        assertThat(catalog.anyExist()).isTrue();
        assertThat(catalog.findByHash("aa")).contains(FIRST);
        assertThat(catalog.findByHash("ab")).isEmpty();
    }

    @Test
    void keysAreListedOldestFirst() {
        catalog.insert(SECOND, "bb");
        catalog.insert(FIRST, "aa");

        assertThat(catalog.list()).containsExactly(FIRST, SECOND);
    }

    @Test
    void aKeyIsRevokedOnceAndStaysKnown() {
        catalog.insert(FIRST, "aa");
        var now = Samples.START.plusSeconds(5);

        assertThat(catalog.revoke(FIRST.id(), now)).isTrue();
        assertThat(catalog.revoke(FIRST.id(), now.plusSeconds(1))).isFalse();
        assertThat(catalog.revoke(SECOND.id(), now)).isFalse();

        assertThat(catalog.findByHash("aa").orElseThrow().revokedAt()).isEqualTo(now);
        assertThat(catalog.anyExist()).isTrue();
    }

    @Test
    void twoKeysNeverShareAHash() {
        catalog.insert(FIRST, "aa");

        assertThatThrownBy(() -> catalog.insert(SECOND, "aa"))
                .isInstanceOf(RuntimeException.class)
                .hasMessageNotContaining(SECOND.name());
        assertThat(catalog.list()).containsExactly(FIRST);
    }
}
