package dev.nightmail.upstream.http;

/** Jetty's client keeps the contract. */
final class JettyExchangesTest extends HttpExchangesContract {
    @Override
    HttpExchanges open(HttpSettings settings) {
        return new JettyExchanges(settings);
    }
}
