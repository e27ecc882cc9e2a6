package dev.nightmail.upstream.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nightmail.wire.error.ErrorReading;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChatPayloadTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"error\":\"no such model\"}",
                "{\"error\":{\"message\":\"m\",\"code\":429},\"choices\":[]}",
                "{\"\\u0065rror\":{\"message\":\"m\"}}",
                "{\"error\":{\"message\":\"m\"},\"error\":{\"message\":\"n\"}}",
                "{\"object\":\"error\",\"detail\":\"m\"}",
                "{\"object\":\" \\u0065rror\\n\",\"detail\":\"m\"}",
                "{\"object\":\"error                                                                \",\"detail\":\"m\"}",
                "{\"object\":\"chat.completion\",\"object\":\"error\",\"detail\":\"m\"}",
                "{\"message\":\"m\",\"type\":\"t\"}",
                "{\"message\":\"m\",\"code\":400}",
                "{\"base_resp\":{\"status_code\":1008,\"status_msg\":\"m\"}}",
                "{\"choices\":[{\"error\":{\"code\":502,\"message\":\"m\"}}]}",
                "{\"choices\":[],\"choices\":[{\"error\":{\"code\":502,\"message\":\"m\"}}]}",
                " {\"type\":\"error\",\"error\":{\"type\":\"t\",\"message\":\"m\"}}\n",
            })
    void anErrorIsSeenWhereverItIsLookedFor(String json) {
        byte[] body = json.getBytes(UTF_8);

        assertThat(ErrorReading.readInAnswer(body)).isPresent();
        assertThat(ChatPayload.read(body).orElseThrow().error(body))
                .isEqualTo(ErrorReading.readInAnswer(body));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"object\":\"chat.completion\",\"choices\":[{\"message\":{\"content\":\"an error\"}}]}",
                "{\"object\":\"error\",\"object\":\"chat.completion\",\"detail\":\"m\"}",
                "{\"choices\":[{\"error\":{\"message\":\"m\"}}],\"choices\":[{\"message\":{\"error\":\"m\"}}]}",
                "{\"choices\":{\"0\":{\"error\":{\"message\":\"m\"}}}}",
                "{\"choices\":[{},{\"error\":{\"message\":\"m\"}}]}",
                "{\"choices\":[[{\"error\":{\"message\":\"m\"}}]]}",
                "{\"detail\":\"m\",\"errors\":[\"m\"],\"msg\":\"m\",\"code\":1}",
            })
    void anAnswerWithoutOneIsNotReadForIt(String json) {
        byte[] body = json.getBytes(UTF_8);
        var payload = ChatPayload.read(body).orElseThrow();

        assertThat(ErrorReading.readInAnswer(body)).isEmpty();
        assertThat(payload.mayHoldError()).isFalse();
    }
}
