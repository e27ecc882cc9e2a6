/**
 * What a pipeline knows of its records, kept in one SQLite file beside it, {@code NAME.state.db}
 * for {@code NAME.yaml}, and the requests that are not answered yet, in files beside that.
 *
 * <h2>What is kept</h2>
 *
 * A <em>record</em> has a number, given when it is first read, and the hash of what it is asked
 * (its <em>content</em>). A batch carries it, or it is outstanding (to go into a batch again),
 * done, failed (set aside with a reason) or canceled (its batch was canceled; the next run takes it
 * up). An <em>answer</em> belongs to a record and a content and is never thrown away: a prompt
 * changed and changed back is not paid for twice; it has a number by which sinks say how much they
 * have. A <em>batch</em> knows its members and which of them have a result; its requests are a
 * file, a line each ({@code .nightmail/NAME.state.work/batch-000001.jsonl}), which goes once the
 * results are here. <em>Tallies</em> and what was spent are kept with each change, never counted:
 * what a poll, a cut or a group of results costs does not depend on how many records there are.
 *
 * <h2>What a crash leaves behind</h2>
 *
 * Every change is a transaction on stable storage (WAL, {@code synchronous = full}) before the step
 * after it begins.
 *
 * <ol>
 *   <li><em>Drafted</em>: records are being read into a batch. A crash undoes it: its file is
 *       removed, and its records are read from the source again.
 *   <li><em>Prepared</em>: its file is complete and on stable storage. It was not sent.
 *   <li><em>Intended</em>: it has an idempotency key and its create call comes next. From here on
 *       it may exist at the endpoint, and its members are in no other batch.
 *   <li><em>Submitted</em>: the endpoint's id is known.
 *   <li><em>Results</em> are applied in groups; a member takes a result once, so a group that is
 *       applied again changes nothing.
 *   <li><em>Collected</em>: every member has its result, or was set aside for want of one.
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
