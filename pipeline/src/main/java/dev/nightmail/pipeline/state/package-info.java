/**
 * What a pipeline knows of its records, kept in one SQLite file beside it, {@code NAME.state.db}
 * for {@code NAME.yaml}.
 *
 * <h2>What is kept</h2>
 *
 * A <em>record</em> is known by its own id and by the hash of what it is asked (its
 * <em>content</em>). It is outstanding, submitted (a batch carries it), done, failed (set aside
 * with a reason) or canceled (its batch was canceled; the next run takes it up). An <em>answer</em>
 * belongs to a record and a content and is never thrown away: a prompt changed and changed back is
 * not paid for twice; it has a number by which sinks say how much they have. An <em>attempt</em> is
 * a record's place in one batch, with the tokens it cost. <em>Params</em> are the requests still to
 * be answered; they go when they are.
 *
 * <h2>What a crash leaves behind</h2>
 *
 * Every change is a transaction on stable storage (WAL, {@code synchronous = full}) before the step
 * after it begins.
 *
 * <ol>
 *   <li><em>Intended</em>: a batch row with a fresh idempotency key, the fingerprint of its body,
 *       and an attempt for each member stand before the create call is made. From here on the batch
 *       may exist at the endpoint, and its members are in no other batch.
 *   <li><em>Submitted</em>: the endpoint's id is known.
 *   <li><em>Results</em> are applied in groups; an attempt takes an outcome once, so a group that
 *       is applied again changes nothing.
 *   <li><em>Collected</em>: every attempt has its outcome.
 * </ol>
 *
 * A run that finds an <em>intended</em> batch does not know whether the create arrived. Where the
 * endpoint honours {@code Idempotency-Key}, the same body is sent again with the same key: the
 * answer is the batch that exists already, or a new one, never a second. Elsewhere the endpoint's
 * list is searched for batches created since the intent that are not known to this state: those
 * with as many requests, then those that count fewer, since an endpoint may not have counted all.
 * Each candidate is waited for, and is ours if its results are those of our custom ids. Only when
 * there is none, also after a pause in which a create on its way would have arrived and a lagging
 * list caught up, is the same body sent again. What this cannot tell apart is another pipeline with
 * the same record ids and the same number of records that submitted in the same minutes to the same
 * workspace; if more than one candidate fits, or one's results leave it open, the run stops and
 * says so.
 *
 * <h2>One at a time</h2>
 *
 * A run holds a lock on {@code NAME.state.db.lock}, which the system frees with the process,
 * however it ends. A second run on the same state is refused.
 */
@NullMarked
package dev.nightmail.pipeline.state;

import org.jspecify.annotations.NullMarked;
