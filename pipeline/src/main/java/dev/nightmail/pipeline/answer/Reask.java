package dev.nightmail.pipeline.answer;

import java.util.Arrays;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Asks again: the request as it was, the answer it got, and what is wrong with it. */
public final class Reask {

    private static final JsonMapper JSON = JsonMapper.shared();

    private Reask() {}

    /**
     * The same of what a request has of its own, without the braces around it.
     *
     * @param members UTF-8
     */
    public static byte[] members(byte[] members, Verdict.Rejected rejected) {
        var object = new byte[members.length + 2];
        object[0] = '{';
        System.arraycopy(members, 0, object, 1, members.length);
        object[object.length - 1] = '}';
        var again = params(object, rejected);
        return Arrays.copyOfRange(again, 1, again.length - 1);
    }

    /**
     * The request to send next.
     *
     * @param params the request that was answered, UTF-8 JSON
     */
    public static byte[] params(byte[] params, Verdict.Rejected rejected) {
        var again = (ObjectNode) JSON.readTree(params);
        var messages = (ArrayNode) again.required("messages");
        // A turn may not be empty, and consecutive user turns are merged.
        if (!rejected.text().isBlank()) {
            messages.addObject().put("role", "assistant").put("content", rejected.text());
        }
        messages.addObject()
                .put("role", "user")
                .put(
                        "content",
                        "That answer cannot be used: "
                                + rejected.reason()
                                + "\nAnswer again with nothing but JSON that satisfies the schema.");
        return JSON.writeValueAsBytes(again);
    }
}
