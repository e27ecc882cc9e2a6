package dev.nightmail.pipeline.state;

import dev.nightmail.pipeline.cost.Billing;
import dev.nightmail.pipeline.cost.Usage;

/** Tokens spent on one model at one of its price steps, and what their endpoint bills them at. */
public record Spent(String model, Billing billing, int priceStep, Usage usage) {}
