/**
 * What a run does next, decided apart from doing it. {@link dev.nightmail.pipeline.decide.Decider}
 * is told what happened and when, and answers with what is to be done; it reads no clock, no file
 * and no network, so that a simulation drives it through a night in a moment, in any order.
 *
 * <h2>Lanes</h2>
 *
 * Five things go on side by side, each one at a time: requests are gathered into a batch ({@code
 * GATHER}), one batch is sent or looked for ({@code SEND}), the batches that are out are asked for
 * ({@code LOOK}), the results of one are fetched ({@code FETCH}), answers are delivered ({@code
 * DELIVER}). The source is read beside them.
 *
 * <h2>Invariants</h2>
 *
 * <ul>
 *   <li>A batch of which it is open whether the endpoint has it is looked for, or sent again with
 *       its key, before anything new is sent.
 *   <li>Nothing is sent before the author agreed, nor beyond the budget: what was spent, what is
 *       likely for batches under way, and what is likely for the next one.
 *   <li>Until a pilot that is due is judged, nothing new is sent but the pilot, and what of it is
 *       asked again.
 *   <li>A result that an ended batch lacks is fetched again for as long as the pipeline says, and
 *       its request is never sent again by itself.
 * </ul>
 */
@NullMarked
package dev.nightmail.pipeline.decide;

import org.jspecify.annotations.NullMarked;
