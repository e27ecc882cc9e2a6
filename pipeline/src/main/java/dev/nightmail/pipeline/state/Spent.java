package dev.nightmail.pipeline.state;

import dev.nightmail.pipeline.cost.Usage;

/** Tokens spent on one model at one of its price steps. */
public record Spent(String model, int priceStep, Usage usage) {}
