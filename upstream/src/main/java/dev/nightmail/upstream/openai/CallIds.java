package dev.nightmail.upstream.openai;

import java.util.HashSet;
import java.util.Set;

/**
 * The ids of the calls of one answer. A result names its call by its id, so no two calls of a
 * conversation may have the same: not every server sees to that.
 */
final class CallIds {

    private final Set<String> taken;
    private final String messageId;
    private int calls;

    /**
     * @param inConversation those of the calls before this answer
     * @param messageId of this answer: a call without an id gets one after it
     */
    CallIds(Set<String> inConversation, String messageId) {
        this.taken = new HashSet<>(inConversation);
        this.messageId = messageId;
    }

    /**
     * @param told by the server; empty if it gives none
     * @return the same, unless another call has it
     */
    String next(String told) {
        String wanted = told.isEmpty() ? MessageJson.toolUseId(messageId, calls) : told;
        calls++;
        String id = wanted;
        for (int number = 1; !taken.add(id); number++) {
            id = wanted + "_" + number;
        }
        return id;
    }
}
