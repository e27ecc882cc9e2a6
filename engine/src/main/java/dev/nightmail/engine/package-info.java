/**
 * Feeds the scheduler with events and carries out its effects.
 *
 * <p>One thread decides ({@link dev.nightmail.engine.SchedulerThread}); virtual threads make the
 * calls, a few platform threads write the journal. Nobody but the scheduler thread decides
 * anything: the others do one thing and report.
 */
@NullMarked
package dev.nightmail.engine;

import org.jspecify.annotations.NullMarked;
