package dev.nightmail.app.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.JsonValue;
import com.anthropic.errors.BadRequestException;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.anthropic.models.messages.StopReason;
import com.anthropic.models.messages.batches.BatchCreateParams;
import com.anthropic.models.messages.batches.MessageBatch.ProcessingStatus;
import dev.nightmail.app.TestServer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The official SDK of one API in front, a server of the other behind: what the SDK reads is valid
 * to its last field, and the same whether it was streamed or not.
 */
final class SdkOverTheOtherApiTest {

    private static ChatServer chat;
    private static TestServer server;
    private static AnthropicClient client;

    @BeforeAll
    static void start() throws IOException {
        chat = new ChatServer();
        server =
                TestServer.start(
                        "upstreams.local.protocol=openai", "upstreams.local.url=" + chat.url());
        client =
                AnthropicOkHttpClient.builder()
                        .baseUrl(server.baseUri().toString())
                        .apiKey("any-key")
                        .build();
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
        chat.close();
    }

    private static final Map<String, JsonValue> THINKING =
            Map.of("thinking", JsonValue.from(Map.of("type", "adaptive")));

    private static MessageCreateParams params() {
        return MessageCreateParams.builder()
                .model("qwen3-8b")
                .maxTokens(64)
                .addUserMessage("Weather in Oslo and Rome?")
                .putAllAdditionalBodyProperties(THINKING)
                .build();
    }

    private static void assertThatItIsTheAnswer(Message message) {
        assertThat(message.id()).isEqualTo("msg_7be8");
        assertThat(message.content()).hasSize(4);
        assertThat(message.content().get(0).asThinking().thinking())
                .isEqualTo("Two cities, two calls.");
        assertThat(message.content().get(1).asText().text()).isEqualTo("Let me look. 🌦");
        assertThat(message.content().get(2).asToolUse().name()).isEqualTo("get_weather");
        assertThat(message.content().get(2).asToolUse()._input())
                .isEqualTo(JsonValue.from(Map.of("city", "Oslo", "scale", 1.5)));
        assertThat(message.content().get(3).asToolUse().id()).isEqualTo("chatcmpl-tool-2");
        assertThat(message.stopReason()).contains(StopReason.TOOL_USE);
        assertThat(message.usage().inputTokens()).isEqualTo(10);
        assertThat(message.usage().cacheReadInputTokens()).contains(240L);
        assertThat(message.usage().outputTokens()).isEqualTo(44);
    }

    @Test
    void aMessageIsValid() throws Exception {
        assertThatItIsTheAnswer(client.messages().create(params()).validate());
        assertThat(chat.received().path("max_tokens").asInt()).isEqualTo(64);
    }

    @Test
    void aStreamMakesTheSameMessage() throws Exception {
        var whole = MessageAccumulator.create();
        List<RawMessageStreamEvent> events;
        try (var stream = client.messages().createStreaming(params())) {
            events =
                    stream.stream()
                            .map(RawMessageStreamEvent::validate)
                            .peek(whole::accumulate)
                            .toList();
        }

        assertThat(events.getFirst().isMessageStart()).isTrue();
        assertThat(events.getLast().isMessageStop()).isTrue();
        assertThatItIsTheAnswer(whole.message());
        assertThat(chat.received().path("stream").asBoolean()).isTrue();
    }

    @Test
    void aBatchHasItForAResult() throws Exception {
        var item =
                BatchCreateParams.Request.builder()
                        .customId("weather")
                        .params(
                                BatchCreateParams.Request.Params.builder()
                                        .model("qwen3-8b")
                                        .maxTokens(64)
                                        .addUserMessage("Weather?")
                                        .putAllAdditionalProperties(THINKING)
                                        .build())
                        .build();
        var id =
                client.messages()
                        .batches()
                        .create(BatchCreateParams.builder().addRequest(item).build())
                        .id();
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(20))
                .until(() ->
                        client.messages()
                                .batches()
                                .retrieve(id)
                                .processingStatus()
                                .equals(ProcessingStatus.ENDED));

        try (var results = client.messages().batches().resultsStreaming(id)) {
            assertThat(results.stream())
                    .singleElement()
                    .satisfies(row ->
                            assertThatItIsTheAnswer(
                                    row.result().asSucceeded().message().validate()));
        }
        assertThat(chat.received().path("stream").asBoolean(true)).isFalse();
    }

    @Test
    void whatHasNoCounterpartIsABadRequest() {
        var params = params().toBuilder().container("container_1").build();

        assertThatThrownBy(() -> client.messages().create(params))
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("container: ");
    }
}
