package dev.nightmail.api.server;

/**
 * What the server says of itself at {@code /healthz} and {@code /readyz}: to anybody, and nothing
 * but yes or no. Safe for many threads; answers at once.
 */
public interface Health {

    /** Of a server that has nothing that could break. */
    Health ALWAYS_GOOD =
            new Health() {
                @Override
                public boolean isHealthy() {
                    return true;
                }

                @Override
                public boolean isReady() {
                    return true;
                }
            };

    /** Whether it works; if not, it should be started again. */
    boolean isHealthy();

    /** Whether it should be sent calls now. */
    boolean isReady();
}
