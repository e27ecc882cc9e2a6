package dev.nightmail.upstream.http;

import org.eclipse.jetty.client.ProtocolHandler;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.client.transport.HttpConversation;
import org.eclipse.jetty.client.transport.HttpRequest;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;

/**
 * Passes over interim answers (1xx), of which the listeners of an exchange hear nothing, up to a
 * number. Jetty's own handlers pass over any number of them.
 */
final class InterimAnswers implements ProtocolHandler {

    /** Services send one or two, if any. */
    private static final int ANSWERS_MAX = 16;

    private static final String COUNT = InterimAnswers.class.getName();

    @Override
    public String getName() {
        return COUNT;
    }

    @Override
    public boolean accept(Request request, Response response) {
        int status = response.getStatus();
        return HttpStatus.isInterim(status) && status != HttpStatus.SWITCHING_PROTOCOLS_101;
    }

    @Override
    public Response.Listener getResponseListener() {
        return new Passing();
    }

    private static final class Passing implements Response.Listener {

        /** The exchange begins anew: another answer is to come. */
        @Override
        public void onSuccess(Response response) {
            var conversation = conversation(response);
            if (conversation == null) {
                return;
            }
            conversation.updateResponseListeners(null);
            var exchange = conversation.getExchanges().peekLast();
            if (exchange != null) {
                exchange.resetResponse();
            }
            count(response.getRequest());
        }

        private static void count(Request request) {
            int count = request.getAttributes().get(COUNT) instanceof Integer before ? before : 0;
            if (count >= ANSWERS_MAX) {
                var _ =
                        request.abort(
                                new BrokenAnswer(
                                        FailedStep.INTERIM_ANSWERS, "interim answers without end"));
            }
            request.attribute(COUNT, count + 1);
        }

        /** Goes to those who wait for the real answer. */
        @Override
        public void onFailure(Response response, Throwable failure) {
            var conversation = conversation(response);
            if (conversation == null) {
                return;
            }
            conversation.updateResponseListeners(null);
            var exchange = conversation.getExchanges().peekLast();
            if (exchange != null) {
                exchange.getResponseListeners()
                        .emitFailureComplete(
                                new Result(
                                        exchange.getRequest(),
                                        exchange.getRequestFailure(),
                                        response,
                                        failure));
            }
        }

        private static @Nullable HttpConversation conversation(Response response) {
            return response.getRequest() instanceof HttpRequest request
                    ? request.getConversation()
                    : null;
        }
    }
}
