package dev.nightmail.upstream.openai;

import dev.nightmail.upstream.openai.ChatPayload.ToolCall;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds the call that each piece of a streamed answer belongs to. Servers count their calls, or
 * give each an id; some do only one of the two, some count wrong, and some name a call after it has
 * begun. So a piece is looked at for all it says, and for what its call lacks.
 */
final class CallPieces {

    private final Set<String> tools;
    private final List<CallUnderWay> calls = new ArrayList<>();

    /**
     * @param tools the names that a call may have: they tell whether one is whole
     */
    CallPieces(Set<String> tools) {
        this.tools = tools;
    }

    /** All calls, in the order in which they have begun. */
    List<CallUnderWay> calls() {
        return calls;
    }

    /**
     * @param alone whether it is a whole call, and no piece of another
     * @return the call that has it now
     */
    CallUnderWay take(ToolCall piece, boolean alone) {
        var known = alone ? null : known(piece);
        var call = known != null && continues(known, piece) ? known : begin(piece);
        call.take(piece, tools);
        return call;
    }

    private CallUnderWay begin(ToolCall piece) {
        for (var call : calls) {
            boolean replaced = piece.index() >= 0 && call.index() == piece.index();
            boolean followed = piece.index() < 0 && call.id().isEmpty();
            if (replaced || followed) {
                call.markOver();
            }
        }
        var call = new CallUnderWay(piece.index());
        calls.add(call);
        return call;
    }

    /** The call that a piece belongs to, unless it begins another. */
    private @Nullable CallUnderWay known(ToolCall piece) {
        var last = calls.isEmpty() ? null : calls.getLast();
        if (piece.index() < 0) {
            var same = piece.id().isEmpty() ? null : latest(call -> call.id().equals(piece.id()));
            return same == null ? last : same;
        }
        var counted = latest(call -> call.index() == piece.index());
        if (!piece.name().isEmpty()) {
            return counted;
        }
        if (!piece.id().isEmpty()) {
            return counted == null ? latest(call -> call.id().equals(piece.id())) : counted;
        }
        if (counted != null && (!counted.isWhole() || piece.bringsNoInput())) {
            return counted;
        }
        // The index changes within the call: whose else would it be?
        return last != null && !last.isWhole() ? last : counted;
    }

    private @Nullable CallUnderWay latest(Predicate<CallUnderWay> wanted) {
        for (var call : calls.reversed()) {
            if (wanted.test(call)) {
                return call;
            }
        }
        return null;
    }

    private boolean continues(CallUnderWay call, ToolCall piece) {
        boolean bothHaveIds = !piece.id().isEmpty() && !call.id().isEmpty();
        boolean sameId = bothHaveIds && piece.id().equals(call.id());
        boolean otherId = bothHaveIds && !sameId;
        if (piece.name().isEmpty()) {
            return !(otherId && call.isWhole());
        }
        if (call.name().isEmpty()) {
            return !call.isWhole() || !otherId;
        }
        if (!call.isBegun()) {
            return !otherId && growsOrRepeatsName(call, piece, sameId);
        }
        if (sameId) {
            return !call.isWhole() || piece.bringsNoInput();
        }
        // Older vLLM repeats the name in every piece, with a new id each time.
        boolean repeats = piece.index() >= 0 && piece.name().equals(call.name());
        return repeats && (piece.id().isEmpty() ? !call.isWhole() : call.isHalf());
    }

    private boolean growsOrRepeatsName(CallUnderWay call, ToolCall piece, boolean sameId) {
        boolean placed = sameId || piece.index() >= 0;
        if (piece.name().equals(call.name())) {
            return placed;
        }
        if (tools.contains(call.name() + piece.name())) {
            return true;
        }
        boolean bothAreTools = tools.contains(call.name()) && tools.contains(piece.name());
        return placed && !bothAreTools;
    }

    /**
     * Whether a call may be one that the server has sent before, under another index: it has the
     * name and the id of another, or no id where the other has one.
     */
    boolean mayRepeat(CallUnderWay call) {
        return earlier(call).stream().anyMatch(other -> isLike(other, call));
    }

    /** Whether a call that is over says what another has said. */
    boolean repeats(CallUnderWay call) {
        return earlier(call).stream()
                .anyMatch(other ->
                        isLike(other, call) && Arrays.equals(other.inputHash(), call.inputHash()));
    }

    private List<CallUnderWay> earlier(CallUnderWay call) {
        return calls.subList(0, calls.indexOf(call));
    }

    private static boolean isLike(CallUnderWay earlier, CallUnderWay call) {
        return !earlier.id().isEmpty()
                && earlier.name().equals(call.name())
                && (call.id().isEmpty() || call.id().equals(earlier.id()));
    }

    /** The calls of an answer whose pieces are all there, each once. */
    List<ToolCall> whole() {
        return calls.stream()
                .filter(call -> !call.isEmpty() && !repeats(call))
                .map(CallUnderWay::whole)
                .toList();
    }
}
