package dev.nightmail.pipeline.stdio;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;

/** Bytes of standard input as text. */
record InputText(Charset encoding) {

    /**
     * @throws UnreadableRowException if the bytes are no text in this encoding
     */
    String of(byte[] bytes) throws UnreadableRowException {
        try {
            // A new decoder reports what the constructor of a String would replace.
            return encoding.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException _) {
            throw new UnreadableRowException(
                    "it is not %s text: convert it, or name what it is with encoding, as in \"encoding: windows-1252\" under source"
                            .formatted(encoding.name()));
        }
    }
}
