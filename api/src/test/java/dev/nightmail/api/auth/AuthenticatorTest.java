package dev.nightmail.api.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.api.server.InMemoryKeyCatalog;
import dev.nightmail.core.error.ErrorType;
import dev.nightmail.core.key.ApiKey;
import dev.nightmail.core.key.KeyId;
import dev.nightmail.core.key.KeySecret;
import dev.nightmail.core.key.Scope;
import dev.nightmail.core.key.WorkspaceId;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.AbstractComparableAssert;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AuthenticatorTest {

    private static final WorkspaceId WORKSPACE = new WorkspaceId("research");

    private final InMemoryKeyCatalog catalog = new InMemoryKeyCatalog();
    private final SplittableRandom random = new SplittableRandom(1);
    private Instant now = Instant.parse("2026-11-20T21:30:00Z");
    private final Authenticator authenticator = new Authenticator(catalog, () -> now);

    @Test
    void withoutAnyKeyMadeEveryKeyLeadsToTheDefaultWorkspace() {
        var caller = authenticator.authenticate(apiKey("whatever"), Scope.ADMIN);

        assertThat(caller).isEqualTo(new Caller(WorkspaceId.DEFAULT, KeyId.ANY));
    }

    @Test
    void noKeyAtAllIsRefusedEvenThen() {
        refused(new Credentials(List.of(" "), List.of("Basic abc"), null), Scope.READ)
                .isEqualTo(ErrorType.AUTHENTICATION_ERROR);
    }

    @Test
    void aKeyIsGoodInEitherHeader() {
        var secret = made("key_1", Scope.SUBMIT);

        var viaKey = authenticator.authenticate(apiKey(secret), Scope.SUBMIT);
        var viaBearer = authenticator.authenticate(bearer("bEaReR " + secret), Scope.SUBMIT);

        assertThat(viaKey)
                .isEqualTo(new Caller(WORKSPACE, new KeyId("key_1"), Set.of(Scope.SUBMIT)));
        assertThat(viaBearer).isEqualTo(viaKey);
    }

    @Test
    void theSameKeyInBothHeadersIsGoodAndTwoAreNot() {
        var secret = made("key_1", Scope.READ);
        var other = made("key_2", Scope.READ);

        authenticator.authenticate(
                new Credentials(List.of(secret), List.of("Bearer " + secret), null), Scope.READ);
        refused(new Credentials(List.of(secret), List.of("Bearer " + other), null), Scope.READ)
                .isEqualTo(ErrorType.AUTHENTICATION_ERROR);
    }

    @Test
    void whatIsNoKeyOfOursIsRefusedWithoutAskingTheCatalog() {
        made("key_1", Scope.READ);

        refused(apiKey("nm_live_nonsense"), Scope.READ).isEqualTo(ErrorType.AUTHENTICATION_ERROR);

        assertThat(catalog.lookups()).isZero();
    }

    @Test
    void aKeyNobodyMadeIsRefused() {
        made("key_1", Scope.READ);

        refused(apiKey(KeySecret.create(random).reveal()), Scope.READ)
                .isEqualTo(ErrorType.AUTHENTICATION_ERROR);
    }

    @Test
    void aKeyWithoutTheScopeMayNot() {
        var secret = made("key_1", Scope.READ);

        refused(apiKey(secret), Scope.SUBMIT).isEqualTo(ErrorType.PERMISSION_ERROR);
    }

    @Test
    void aKeyOfAnotherWorkspaceMayNot() {
        var secret = made("key_1", Scope.READ);

        authenticator.authenticate(credentials(secret, "research"), Scope.READ);
        refused(credentials(secret, "production"), Scope.READ)
                .isEqualTo(ErrorType.PERMISSION_ERROR);
    }

    @Test
    void aRevokedKeyIsRefusedWithinASecond() {
        var secret = made("key_1", Scope.READ);
        authenticator.authenticate(apiKey(secret), Scope.READ);

        catalog.revoke(new KeyId("key_1"), now);
        now = now.plusSeconds(1);

        refused(apiKey(secret), Scope.READ).isEqualTo(ErrorType.AUTHENTICATION_ERROR);
    }

    @Test
    void aClockThatIsSetBackKeepsNoRevokedKeyAlive() {
        var secret = made("key_1", Scope.READ);
        authenticator.authenticate(apiKey(secret), Scope.READ);

        catalog.revoke(new KeyId("key_1"), now);
        now = now.minusSeconds(3600);

        refused(apiKey(secret), Scope.READ).isEqualTo(ErrorType.AUTHENTICATION_ERROR);
    }

    @Test
    void theFirstKeyEndsTheOpenDoorThoughTheClockIsSetBack() {
        authenticator.authenticate(apiKey("whatever"), Scope.READ);

        made("key_1", Scope.READ);
        now = now.minusSeconds(3600);

        refused(apiKey("whatever"), Scope.READ).isEqualTo(ErrorType.AUTHENTICATION_ERROR);
    }

    @Test
    void theFirstKeyEndsTheOpenDoorWithinASecond() {
        authenticator.authenticate(apiKey("whatever"), Scope.READ);

        made("key_1", Scope.READ);
        now = now.plusSeconds(1);

        refused(apiKey("whatever"), Scope.READ).isEqualTo(ErrorType.AUTHENTICATION_ERROR);
    }

    @Test
    void aBusyClientDoesNotCostALookupACall() {
        var secret = made("key_1", Scope.READ);

        for (int i = 0; i < 100; i++) {
            authenticator.authenticate(apiKey(secret), Scope.READ);
        }

        assertThat(catalog.lookups()).isEqualTo(1);
    }

    private String made(String id, Scope scope) {
        var secret = KeySecret.create(random);
        catalog.insert(
                new ApiKey(new KeyId(id), WORKSPACE, "test", Set.of(scope), now, null),
                secret.sha256());
        return secret.reveal();
    }

    private static Credentials apiKey(String key) {
        return credentials(key, null);
    }

    private static Credentials credentials(String key, @Nullable String workspace) {
        return new Credentials(List.of(key), List.of(), workspace);
    }

    private static Credentials bearer(String authorization) {
        return new Credentials(List.of(), List.of(authorization), null);
    }

    private AbstractComparableAssert<?, ErrorType> refused(Credentials credentials, Scope scope) {
        var error = new AtomicReference<ErrorType>();
        assertThatThrownBy(() -> authenticator.authenticate(credentials, scope))
                .isInstanceOfSatisfying(
                        RefusedCall.class, refusal -> error.set(refusal.answer().type()));
        return assertThat(error.get());
    }
}
