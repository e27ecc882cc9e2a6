package dev.nightmail.upstream.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nightmail.upstream.json.RawJson;
import dev.nightmail.upstream.openai.ChatPayload.ToolCall;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A call of a tool whose pieces come one by one. What was told of it is not kept. */
final class CallUnderWay {

    private final long index;
    private final InputProgress progress = new InputProgress();
    private final MessageDigest digest = sha256();
    private final List<RawJson> pieces = new ArrayList<>();
    private String id = "";
    private String name = "";
    private RawJson.@Nullable Text signature;
    private boolean over;
    private boolean told;
    private boolean inputIsWholeJson;

    /**
     * @param index as the server counts, -1 if it does not
     */
    CallUnderWay(long index) {
        this.index = index;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    long index() {
        return index;
    }

    String id() {
        return id;
    }

    String name() {
        return name;
    }

    RawJson.@Nullable Text signature() {
        return signature;
    }

    /** Whether the input has begun. From then on the name is whole. */
    boolean isBegun() {
        return inputIsWholeJson || progress.isBegun();
    }

    boolean isHalf() {
        return !inputIsWholeJson && progress.isHalf();
    }

    boolean isWhole() {
        return inputIsWholeJson || progress.isWhole();
    }

    /** No piece of it will come any more. */
    void markOver() {
        over = true;
    }

    boolean isOver() {
        return over || isWhole();
    }

    /** It was told to its end, or left out: what comes now comes too late. */
    void markTold() {
        told = true;
    }

    boolean isTold() {
        return told;
    }

    /** Whether its input can be told as it comes: it is what an input should be so far. */
    boolean isTellable() {
        return !inputIsWholeJson && progress.isObject();
    }

    /** Whether it is nothing but an entry in a list. */
    boolean isEmpty() {
        return id.isEmpty() && name.isEmpty() && !isBegun();
    }

    /**
     * @param tools the names that a call may have
     */
    void take(ToolCall piece, Set<String> tools) {
        if (id.isEmpty()) {
            id = piece.id();
        }
        if (!piece.name().isEmpty() && (name.isEmpty() || !isBegun())) {
            name = named(piece.name(), tools);
        }
        if (signature == null) {
            signature = piece.signature();
        }
        switch (piece.arguments()) {
            case null -> {
                // The beginning of a call often is its name alone.
            }
            case RawJson.Null _ -> {
                // As if it were not there.
            }
            case RawJson.Text text -> take(text);
            case RawJson json -> {
                if (!isBegun()) {
                    inputIsWholeJson = true;
                    digest.update(piece.inputText().getBytes(UTF_8));
                    pieces.add(json);
                }
            }
        }
    }

    /** Some servers repeat the name with every piece, some begin it anew, some send it in two. */
    private String named(String piece, Set<String> tools) {
        if (name.isEmpty() || name.equals(piece)) {
            return piece;
        }
        String joined = name + piece;
        boolean grown = piece.startsWith(name) && tools.contains(piece) && !tools.contains(joined);
        return grown ? piece : joined;
    }

    private void take(RawJson.Text text) {
        if (text.isEmpty() || isWhole()) {
            return;
        }
        String value = text.value();
        int belonging = progress.take(value);
        var part = belonging == value.length() ? text : cut(value, belonging);
        digest.update(value.substring(0, belonging).getBytes(UTF_8));
        pieces.add(part);
    }

    private static RawJson.Text cut(String value, int length) {
        return MessageJson.text(out -> out.text(value.substring(0, length)));
    }

    /** What was not taken yet of an input that {@link #isTellable}. */
    List<RawJson> takePieces() {
        var taken = List.copyOf(pieces);
        pieces.clear();
        return taken;
    }

    /** All of an input that is no object so far, or a whole value; null if it is empty. */
    @Nullable RawJson takeWhole() {
        var held = takePieces();
        if (held.isEmpty()) {
            return null;
        }
        return inputIsWholeJson ? held.getFirst() : MessageJson.joined(held);
    }

    /** The whole call, once nothing of it is missing. */
    ToolCall whole() {
        return new ToolCall(index, id, name, takeWhole(), signature);
    }

    /** Whether another call says the same; of a call that is over. */
    byte[] inputHash() {
        try {
            return ((MessageDigest) digest.clone()).digest();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException(e);
        }
    }
}
