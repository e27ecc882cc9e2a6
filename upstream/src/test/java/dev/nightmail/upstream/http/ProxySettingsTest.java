package dev.nightmail.upstream.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ProxySettingsTest {

    private static ProxySettings without(String... noProxy) {
        return new ProxySettings(URI.create("http://proxy.example:3128"), null, List.of(noProxy));
    }

    @Test
    void everythingGoesThroughTheProxyUnlessItIsListed() {
        var proxy = without("localhost", "10.0.0.1:8080", ".internal", "*.corp.example");

        assertThat(proxy.covers("api.anthropic.com", 443)).isTrue();
        assertThat(proxy.covers("LOCALHOST", 80)).isFalse();
        assertThat(proxy.covers("10.0.0.1", 8080)).isFalse();
        assertThat(proxy.covers("10.0.0.1", 443)).isTrue();
        assertThat(proxy.covers("models.internal", 443)).isFalse();
        assertThat(proxy.covers("internal", 443)).isFalse();
        assertThat(proxy.covers("notinternal", 443)).isTrue();
        assertThat(proxy.covers("a.corp.example", 443)).isFalse();
    }

    @Test
    void aStarMeansNoProxyAtAll() {
        assertThat(without("*").covers("api.anthropic.com", 443)).isFalse();
    }

    @Test
    void aCredentialInTheUrlIsRefused() {
        assertThatThrownBy(() ->
                        new ProxySettings(
                                URI.create("http://me:pw@proxy.example:3128"), null, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("credential")
                .hasMessageNotContaining("pw");
    }

    @Test
    void aSecretNeverPrintsItself() {
        assertThat(new Secret("sk-1").toString()).isEqualTo("***");
        assertThatThrownBy(() -> new Secret("sk\r\nx: y"))
                .hasMessageNotContaining("sk")
                .isInstanceOf(IllegalArgumentException.class);
    }
}
