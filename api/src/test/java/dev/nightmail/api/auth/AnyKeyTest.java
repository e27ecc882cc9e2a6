package dev.nightmail.api.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.core.key.Scope;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AnyKeyTest {

    private static Caller caller(List<String> apiKeys, List<String> authorizations) {
        return new AnyKey()
                .authenticate(new Credentials(apiKeys, authorizations, null), Scope.SUBMIT);
    }

    @Test
    void aKeyHasTheSameWorkspaceHoweverItComes() {
        assertThat(caller(List.of("one"), List.of()))
                .isEqualTo(caller(List.of(), List.of("Bearer one")));
    }

    @Test
    void anotherKeyHasAnother() {
        assertThat(caller(List.of("two"), List.of()).workspace())
                .isNotEqualTo(caller(List.of("one"), List.of()).workspace());
    }

    @Test
    void withoutAKeyNobodyComesIn() {
        assertThatThrownBy(() -> caller(List.of(), List.of()))
                .isInstanceOf(RefusedCall.class)
                .hasMessageContaining("x-api-key");
    }
}
