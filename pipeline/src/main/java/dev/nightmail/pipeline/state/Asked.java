package dev.nightmail.pipeline.state;

/**
 * What a record is asked, named twice.
 *
 * <p>The one hash is of every byte of the request, and has been since the first release. The other
 * leaves out what changes how an answer is asked for and not what it answers: {@code max_tokens},
 * and what a schema says to people (titles, descriptions, examples). A record is asked again by
 * these rules, and nothing else decides it:
 *
 * <ul>
 *   <li>An answer stays as long as either hash is the one it was given under. So a state of a
 *       release that knew only the first keeps its answers, and takes the second on when its
 *       records are next read.
 *   <li>A batch that is out answers its records on the same terms: nobody pays for a request twice
 *       because its limit was raised meanwhile.
 *   <li>A record without an answer is asked again as soon as any byte changes, for what failed
 *       under one limit may pass under another.
 * </ul>
 *
 * @param content SHA-256 of the request, its endpoint and its terms
 * @param question the first 16 bytes of a SHA-256 of the same, limits and notes left out
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record Asked(byte[] content, byte[] question) {}
