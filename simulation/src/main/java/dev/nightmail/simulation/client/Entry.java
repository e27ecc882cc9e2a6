package dev.nightmail.simulation.client;

import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.request.CustomId;

/**
 * One request of an order.
 *
 * @param id its name in the whole world, which stands in its params; custom ids are unique in their
 *     batch only
 */
public record Entry(String id, CustomId customId, String model, JsonBytes params) {}
