package dev.nightmail.upstream.schema;

import java.util.List;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;

/** Where made-up values take their words from, so that they fit what was asked. */
public interface Wording {

    /** A piece of text of at most this many characters, not blank; may end anywhere. */
    String text(String propertyName, int charactersMax, RandomGenerator random);

    /** Which of several values, at least one, suits best. */
    JsonNode choose(List<JsonNode> values, RandomGenerator random);
}
