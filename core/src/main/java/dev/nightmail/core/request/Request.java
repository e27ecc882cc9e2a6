package dev.nightmail.core.request;

import dev.nightmail.core.json.JsonBytes;

/**
 * One entry of a batch.
 *
 * @param number its place in the batch, from 0
 * @param params the body of the Messages call, the client's own bytes (line breaks between tokens
 *     became spaces)
 */
public record Request(int number, CustomId customId, JsonBytes params) {}
