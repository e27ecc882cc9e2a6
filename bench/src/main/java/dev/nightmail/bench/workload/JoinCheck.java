package dev.nightmail.bench.workload;

import java.io.InputStream;
import java.util.BitSet;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads results and holds each against the request it names: there must be exactly one for each,
 * succeeded, and with the answer to that very request.
 */
public final class JoinCheck {

    private static final JsonFactory JSON = new JsonFactory();

    private final Workload workload;
    private final Proof proof;
    private final BitSet seen;
    private int right;
    private int wrong;
    private int doubled;

    private JoinCheck(Workload workload, Proof proof) {
        this.workload = workload;
        this.proof = proof;
        this.seen = new BitSet(workload.requests());
    }

    /** By what an answer is known to belong to its request. */
    public enum Proof {
        /** It names the request and the checksum of the very bytes that the batch had for it. */
        EVERY_BYTE,
        /**
         * It names the request. Who reads a request and writes it anew sends other bytes, with
         * another checksum, though they mean the same.
         */
        NUMBER
    }

    /**
     * @param right requests with exactly their own answer
     * @param wrong results that name no request of the batch, did not succeed, or hold another
     *     answer
     * @param doubled results to a request that has one already
     * @param missing requests without a result
     */
    public record Findings(int right, int wrong, int doubled, int missing) {

        public boolean allRight() {
            return wrong == 0 && doubled == 0 && missing == 0;
        }
    }

    /**
     * @param results JSONL, as the server gives it
     */
    public static Findings check(Workload workload, InputStream results) {
        return check(workload, results, Proof.EVERY_BYTE);
    }

    /**
     * @param results JSONL, as the server gives it
     */
    public static Findings check(Workload workload, InputStream results, Proof proof) {
        var check = new JoinCheck(workload, proof);
        try (var json = JSON.createParser(ObjectReadContext.empty(), results)) {
            while (json.nextToken() == JsonToken.START_OBJECT) {
                check.line(json);
            }
        }
        return new Findings(
                check.right,
                check.wrong,
                check.doubled,
                workload.requests() - check.seen.cardinality());
    }

    private void line(JsonParser json) {
        String customId = "";
        String answer = "";
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            var name = json.currentName();
            json.nextToken();
            if (name.equals("custom_id")) {
                customId = json.getString();
            } else if (name.equals("result")) {
                answer = result(json);
            }
        }
        judge(customId, answer);
    }

    private String result(JsonParser json) {
        boolean succeeded = false;
        String answer = "";
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            var name = json.currentName();
            json.nextToken();
            if (name.equals("type")) {
                succeeded = json.getString().equals("succeeded");
            } else if (name.equals("message")) {
                answer = firstText(json);
            } else {
                json.skipChildren();
            }
        }
        return succeeded ? answer : "";
    }

    private static String firstText(JsonParser json) {
        String text = "";
        int depth = 1;
        while (depth > 0) {
            var token = json.nextToken();
            if (token.isStructStart()) {
                depth++;
            } else if (token.isStructEnd()) {
                depth--;
            } else if (token == JsonToken.PROPERTY_NAME && json.currentName().equals("text")) {
                json.nextToken();
                text = text.isEmpty() ? json.getString() : text;
            }
        }
        return text;
    }

    private void judge(String customId, String answer) {
        int number = number(customId);
        if (number < 0 || !answer.startsWith(expected(number))) {
            wrong++;
        } else if (seen.get(number)) {
            doubled++;
        } else {
            right++;
        }
        if (number >= 0) {
            seen.set(number);
        }
    }

    private String expected(int number) {
        return switch (proof) {
            case EVERY_BYTE -> workload.answerTo(number);
            case NUMBER -> workload.anyAnswerTo(number);
        };
    }

    private int number(String customId) {
        if (!customId.matches("request-[0-9]{7}")) {
            return -1;
        }
        int number = Integer.parseInt(customId.substring("request-".length()));
        return number < workload.requests() ? number : -1;
    }
}
