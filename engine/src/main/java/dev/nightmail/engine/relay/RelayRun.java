package dev.nightmail.engine.relay;

import dev.nightmail.core.journal.JournalException;
import dev.nightmail.core.json.JsonBytes;
import dev.nightmail.core.relay.Relay;
import dev.nightmail.core.relay.RelayLog;
import dev.nightmail.core.relay.RelayRecord;
import dev.nightmail.core.relay.RelayState;
import dev.nightmail.core.request.RequestCheck;
import dev.nightmail.core.schedule.Event;
import dev.nightmail.core.schedule.Event.RelayAnswered.Answer;
import dev.nightmail.core.upstream.AttemptOutcome;
import dev.nightmail.core.upstream.BatchUpstream;
import dev.nightmail.core.upstream.BatchUpstream.Collection;
import dev.nightmail.core.upstream.BatchUpstream.Creation;
import dev.nightmail.core.upstream.BatchUpstream.Honours;
import dev.nightmail.core.upstream.BatchUpstream.Sighting;
import dev.nightmail.core.upstream.RelayedOutcome;
import dev.nightmail.engine.thread.Mailbox;
import dev.nightmail.wire.batch.ResultsDownload;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One relay, from its intent to the removal of its record. A strand of its own, that mostly waits.
 *
 * <p>What a crash leaves, and what the next start makes of it:
 *
 * <ul>
 *   <li>no record: nothing was sent, and its requests wait as they did;
 *   <li><i>intended</i>: a create may have reached the provider. Its requests are out until that is
 *       known: the create is repeated where an idempotency key makes that harmless, else the
 *       provider's batches are searched ({@link Search}). Only what is not there is sent anew;
 *   <li><i>submitted</i>: it is followed and collected, all of it, however often: what is settled
 *       is passed over;
 *   <li><i>collected</i>: only the provider's copy is still to be deleted.
 * </ul>
 */
final class RelayRun {

    private static final Logger log = LoggerFactory.getLogger(RelayRun.class);

    /** Storage that failed is tried again after so long. */
    private static final Duration STORAGE_REST = Duration.ofSeconds(2);

    /**
     * A batch the provider denies to know is asked for so long: right after a create that is said
     * to happen, and a key of another workspace, which a person may mend, looks the same.
     */
    private static final Duration DENIAL_MAX = Duration.ofHours(1);

    /** So long results that lack some are taken for cut off, and fetched again. */
    private static final Duration SHORTAGE_MAX = Duration.ofHours(1);

    /** So long a provider may leave it open whether it made a batch. */
    private static final Duration DOUBT_MAX = Duration.ofHours(1);

    /**
     * Creates that may be refused with the names of those at fault, before it is cut in halves: a
     * provider that names one at a time would be sent all the others as often.
     */
    private static final int NAMED_REFUSALS_MAX = 10;

    private static final JsonBytes NO_RESULT =
            JsonBytes.of(
                    """
                    {"type":"error","error":{"type":"api_error",\
                    "message":"the provider's batch ended without a result for this request; it may have been answered and billed"},"request_id":null}\
                    """);

    private static final JsonBytes RESULTS_GONE =
            JsonBytes.of(
                    """
                    {"type":"error","error":{"type":"api_error",\
                    "message":"the provider does not have the result of this request any more; it may have been answered and billed"},"request_id":null}\
                    """);

    private static final JsonBytes NOBODY_KNOWS =
            JsonBytes.of(
                    """
                    {"type":"error","error":{"type":"api_error",\
                    "message":"the provider does not say whether it took this request; it may have been answered and billed, and is not sent again"},"request_id":null}\
                    """);

    private static final JsonBytes STORAGE_FAILED =
            JsonBytes.of(
                    """
                    {"type":"error","error":{"type":"api_error",\
                    "message":"internal server error"},"request_id":null}\
                    """);

    private final BatchUpstream upstream;
    private final RelaySettings settings;
    private final RelayLog records;
    private final RequestSource requests;
    private final RequestCheck check;
    private final KnownBatches known;
    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private final Consumer<Event> report;
    private final Mailbox<Signal> inbox;

    /** What became of requests that are in no record: no collection brings it again. */
    private final List<Answer> unsent = new ArrayList<>();

    /** Whether what the provider says of a create may decide single requests of it. */
    private final boolean ofOneKey;

    private Relay relay;
    private @Nullable RelayRecord record;
    private boolean cancelWanted;
    private boolean holdTold;
    private boolean keepsProvidersCopy;
    private int namedRefusals;
    private boolean over;

    /** The server stops: what is under way goes on at the next start. */
    private static final class StoppedException extends Exception {
        private static final long serialVersionUID = 1;
    }

    RelayRun(
            Relay relay,
            @Nullable RelayRecord record,
            boolean ofOneKey,
            Tools tools,
            Mailbox<Signal> inbox) {
        this.relay = relay;
        this.record = record;
        this.ofOneKey = ofOneKey;
        this.upstream = tools.upstream();
        this.settings = tools.settings();
        this.records = tools.records();
        this.requests = tools.requests();
        this.check = tools.check();
        this.known = tools.known();
        this.clock = tools.clock();
        this.nanoTime = tools.nanoTime();
        this.report = tools.report();
        this.inbox = inbox;
    }

    /** What the runs of one provider's relays share. */
    record Tools(
            BatchUpstream upstream,
            RelaySettings settings,
            RelayLog records,
            RequestSource requests,
            RequestCheck check,
            KnownBatches known,
            InstantSource clock,
            LongSupplier nanoTime,
            Consumer<Event> report) {}

    void tell(Signal signal) {
        inbox.put(signal);
    }

    void run() {
        var rest = new Rest(settings, upstream.name());
        while (!over) {
            try {
                step();
            } catch (StoppedException e) {
                return;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException | Error e) {
                // Whatever it was, the record says where to go on.
                log.error("event=relay_broke relay={} it_is_tried_again=true", relay.id(), e);
                if (!pausedAfterFailure(rest)) {
                    return;
                }
            }
        }
    }

    private boolean pausedAfterFailure(Rest rest) {
        try {
            pause(rest.next(null));
            return true;
        } catch (StoppedException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void step() throws InterruptedException, StoppedException {
        var written = record;
        if (written == null) {
            intend();
            return;
        }
        switch (written.state()) {
            case RelayState.Intended _ -> confirm(written);
            case RelayState.Submitted(var id, boolean _) -> follow(written, id);
            case RelayState.Collected(var id) -> cleanUp(id);
        }
    }

    // Out

    private void intend() throws InterruptedException, StoppedException {
        var composition = Composition.of(relay, requests, check);
        var fit = composition.relay();
        if (fit != null) {
            // Before the others are reported: they may travel with the next relay from then on.
            relay = fit;
        }
        unsent.addAll(composition.leftOut());
        new Groups().all(composition.leftOut());
        if (fit == null || cancelIsWanted()) {
            over(new Event.RelayNotMade(relay.id(), null));
            return;
        }
        RelayRecord.Sent sent;
        try {
            sent = Composition.sent(fit, requests);
        } catch (JournalException e) {
            // It was readable a moment ago; what is not any more is left out next time.
            pause(STORAGE_REST);
            return;
        }
        var intent = new RelayRecord(fit, clock.instant(), sent, new RelayState.Intended());
        try {
            records.write(intent);
        } catch (JournalException e) {
            log.error("event=relay_not_recorded relay={} reason=\"{}\"", fit.id(), e.getMessage());
            // What of it got there is unknown.
            removeRecord();
            over(
                    new Event.RelayNotMade(
                            relay.id(), new AttemptOutcome.Unreachable("storage", STORAGE_FAILED)));
            return;
        }
        record = intent;
        send(intent);
    }

    private void send(RelayRecord intent) throws InterruptedException, StoppedException {
        switch (create(intent)) {
            case Creation.Created(var batch) -> submitted(intent, batch.id());
            case Creation.Refused(var outcome, var positions) -> refused(outcome, positions);
            case Creation.NotNow(var why) -> {
                removeRecord();
                over(new Event.RelayNotMade(relay.id(), why));
            }
            case Creation.Unconfirmed(var step) -> {
                log.warn(
                        "event=relay_unconfirmed relay={} upstream={} requests={} reason=\"{}\" it_is_searched_for=true",
                        relay.id(),
                        upstream.name(),
                        intent.sent().requests(),
                        step);
                report.accept(
                        new Event.RelayInDoubt(
                                relay.id(), "whether it took a batch is not known: " + step));
            }
        }
    }

    private Creation create(RelayRecord intent) throws InterruptedException {
        return upstream.create(
                new RelayBody(relay, requests, intent.sent().bytes()),
                relay.terms(),
                relay.id().value());
    }

    private void submitted(RelayRecord intent, String providerId)
            throws InterruptedException, StoppedException {
        log.info(
                "event=relay_submitted relay={} upstream={} provider_batch={} requests={}",
                relay.id(),
                upstream.name(),
                providerId,
                intent.sent().requests());
        known.add(providerId);
        write(intent.in(new RelayState.Submitted(providerId)));
        report.accept(new Event.RelaySubmitted(relay.id()));
    }

    /** Those the provider has named are refused; the rest is tried again without them. */
    private void refused(AttemptOutcome.Refused outcome, Set<Integer> positions)
            throws InterruptedException, StoppedException {
        var members = new Members(relay);
        removeRecord();
        record = null;
        // Without those that are not there: to send the same again would be to send it for ever.
        var named = members.at(positions, new RelayedOutcome.Tried(outcome));
        boolean tooOften = ++namedRefusals > NAMED_REFUSALS_MAX;
        if (!ofOneKey || named.isEmpty() || named.size() == members.size() || tooOften) {
            over(new Event.RelayRefused(relay.id(), outcome));
            return;
        }
        relay = members.without(positions);
        unsent.addAll(named);
        new Groups().all(named);
    }

    // In doubt

    private void confirm(RelayRecord intent) throws InterruptedException, StoppedException {
        var search = search(intent);
        var doubt = new Since();
        var rest = new Rest(settings, upstream.name());
        pause(rest.next(null));
        while (true) {
            boolean repeatable = !cancelIsWanted() && isRepeatable(intent, rest);
            if (repeatable) {
                switch (create(intent)) {
                    case Creation.Created(var batch) -> {
                        submitted(intent, batch.id());
                        return;
                    }
                    case Creation.Refused(var outcome, var positions) -> {
                        // Had it been made before, the key would have brought it back.
                        refused(outcome, positions);
                        return;
                    }
                    case Creation.NotNow(var why) -> pause(rest.next(why));
                    case Creation.Unconfirmed _ -> pause(rest.next(null));
                }
                continue;
            }
            switch (search.look()) {
                case Search.Finding.Found(var id) -> {
                    submitted(intent, id);
                    return;
                }
                case Search.Finding.NeverMade() -> {
                    log.warn(
                            "event=relay_never_made relay={} upstream={} it_is_sent_again=true",
                            relay.id(),
                            upstream.name());
                    removeRecord();
                    over(new Event.RelayNotMade(relay.id(), null));
                    return;
                }
                case Search.Finding.NotYetKnown(var why) -> {
                    if (why == null) {
                        doubt.end();
                    }
                    pause(rest.next(why));
                }
                case Search.Finding.Unknowable(var reason) -> {
                    if (isGivenUp(doubt, reason)) {
                        nobodyKnows();
                        return;
                    }
                    pause(rest.next(null));
                }
            }
        }
    }

    private Search search(RelayRecord of) {
        return new Search(upstream, of, settings.settling(), known, nanoTime);
    }

    private boolean isGivenUp(Since doubt, String reason) {
        if (doubt.begin()) {
            log.error(
                    "event=relay_in_doubt relay={} upstream={} reason=\"{}\" its_requests_are_not_sent_again=true",
                    relay.id(),
                    upstream.name(),
                    reason);
            report.accept(
                    new Event.RelayInDoubt(
                            relay.id(), "whether it took a batch is not known: " + reason));
        }
        return doubt.isLongerThan(DOUBT_MAX);
    }

    /** It may have been made, and may have been paid: it is not sent again. */
    private void nobodyKnows() throws InterruptedException, StoppedException {
        log.error(
                "event=relay_given_up relay={} upstream={} its_requests_are_errored=true",
                relay.id(),
                upstream.name());
        errorAll(NOBODY_KNOWS);
    }

    private boolean isRepeatable(RelayRecord intent, Rest rest)
            throws InterruptedException, StoppedException {
        while (true) {
            switch (upstream.idempotency()) {
                case Honours.Known(boolean honoured) -> {
                    return honoured && isStillTheSame(intent);
                }
                case Honours.Unseen(var why) -> pause(rest.next(why));
            }
        }
    }

    /** Requests never change, but their batch may have ended and been deleted meanwhile. */
    private boolean isStillTheSame(RelayRecord intent) {
        try {
            return Composition.sent(relay, requests).equals(intent.sent());
        } catch (JournalException e) {
            return false;
        }
    }

    // Followed

    private void follow(RelayRecord submitted, String id)
            throws InterruptedException, StoppedException {
        var rest = new Rest(settings, upstream.name());
        var denial = new Since();
        var search = search(submitted);
        boolean canceled = false;
        while (true) {
            if (cancelIsWanted() && !canceled) {
                canceled = cancel(id);
            }
            switch (upstream.find(id)) {
                case Sighting.There(var batch) when batch.id().equals(id) -> {
                    denial.end();
                    if (batch.ended()) {
                        collect(id, search);
                        return;
                    }
                    pause(rest.next(null));
                }
                // What it says of another batch says nothing of this one.
                case Sighting.There _, Sighting.Unknown _ -> {
                    if (isElsewhere(search) || isCollectedAnyway(id, search)) {
                        return;
                    }
                    if (isBelieved(denial)) {
                        lost(id);
                        return;
                    }
                    pause(rest.next(null));
                }
                case Sighting.Unseen(var why) -> pause(rest.next(why));
            }
        }
    }

    /** Asks for it, and notes that first: what comes back canceled is our own doing then. */
    private boolean cancel(String id) throws InterruptedException, StoppedException {
        var written = record;
        if (written != null && !isCancelAsked()) {
            write(written.in(new RelayState.Submitted(id, true)));
        }
        return upstream.cancel(id) instanceof Sighting.There;
    }

    private boolean isCancelAsked() {
        return record != null
                && record.state() instanceof RelayState.Submitted(var _, boolean cancelAsked)
                && cancelAsked;
    }

    /** The provider may have said a wrong id when it took the relay: its list has the right one. */
    private boolean isElsewhere(Search search) throws InterruptedException, StoppedException {
        var written = record;
        if (written == null || !(search.look() instanceof Search.Finding.Found(var id))) {
            return false;
        }
        log.warn(
                "event=relay_found_elsewhere relay={} upstream={} provider_batch={}",
                relay.id(),
                upstream.name(),
                id);
        known.add(id);
        write(written.in(new RelayState.Submitted(id, isCancelAsked())));
        return true;
    }

    /** A batch that the provider does not show may have its results all the same. */
    private boolean isCollectedAnyway(String id, Search search)
            throws InterruptedException, StoppedException {
        var lines = new CandidateLines(relay.id());
        upstream.results(id, lines);
        if (lines.isOurs()) {
            collect(id, search);
        }
        return lines.isOurs();
    }

    /** How long something has been so that may not stay so. */
    private final class Since {
        private boolean begun;
        private long beganNanos;

        /** It is so. @return whether that is news */
        boolean begin() {
            if (begun) {
                return false;
            }
            begun = true;
            beganNanos = nanoTime.getAsLong();
            return true;
        }

        /** It is not so any more. */
        void end() {
            begun = false;
        }

        boolean isLongerThan(Duration patience) {
            return begun && nanoTime.getAsLong() - beganNanos >= patience.toNanos();
        }
    }

    /** The provider says that it knows no such batch. @return whether that is to be believed */
    private boolean isBelieved(Since denial) {
        if (denial.begin()) {
            log.error(
                    "event=relay_denied relay={} upstream={} reason=\"the provider does not know this batch: is upstreams.{}.api-key one of the workspace it was made in?\"",
                    relay.id(),
                    upstream.name(),
                    upstream.name());
        }
        return denial.isLongerThan(DENIAL_MAX);
    }

    /** Results of the provider lack some. @return whether more of them are not to be expected */
    private boolean isForGood(Since shortage) {
        shortage.begin();
        return shortage.isLongerThan(SHORTAGE_MAX);
    }

    private void collect(String id, Search search) throws InterruptedException, StoppedException {
        var rest = new Rest(settings, upstream.name());
        var shortage = new Since();
        int shortages = 0;
        var denial = new Since();
        var download = new Download(new Members(relay));
        while (true) {
            var groups = new Groups();
            var collection = upstream.results(id, receiver(download, groups));
            if (groups.stopped) {
                throw new StoppedException();
            }
            groups.flush();
            switch (collection) {
                case Collection.Whole _ -> {
                    denial.end();
                    if (download.needsAgain()) {
                        download.again();
                        continue;
                    }
                    var judged = download.judge();
                    boolean isOfAnother =
                            judged instanceof ResultsDownload.NoResults none && none.isOfAnother();
                    if (isOfAnother && isElsewhere(search)) {
                        return;
                    }
                    boolean whole = judged instanceof ResultsDownload.Whole;
                    if (!whole && !isForGood(shortage)) {
                        // An end that came too early, however clean it looked, and however many
                        // lines there were: half of one is a line, and some may come twice.
                        // A whole download each time, of up to 100,000 results: less and less
                        // often.
                        if (shortages == 0) {
                            logCut(id, "%d results are missing".formatted(download.missing()));
                        }
                        pause(longer(rest.next(null), shortages++));
                    } else if (isClosedAfter(download, groups, id)) {
                        return;
                    }
                }
                case Collection.Broken(var step) -> {
                    logCut(id, step);
                    pause(rest.next(null));
                }
                case Collection.Unknown() -> {
                    if (isElsewhere(search)) {
                        return;
                    }
                    if (isBelieved(denial)) {
                        lost(id);
                        return;
                    }
                    pause(rest.next(null));
                }
                case Collection.Unseen(var why) -> {
                    // What was archived may be refused in any words.
                    boolean gone =
                            upstream.find(id) instanceof Sighting.There(var batch)
                                    && batch.id().equals(id)
                                    && batch.resultsGone();
                    if (gone && isBelieved(denial)) {
                        lost(id);
                        return;
                    }
                    pause(rest.next(why));
                }
            }
            if (!download.handsOnAll()) {
                // Only one that is whole says who has no answer.
                download = new Download(new Members(relay));
            }
        }
    }

    /** Twice as long each time after the third, up to a sixth of how long they are waited for. */
    private static Duration longer(Duration wait, int times) {
        var doubled = wait.multipliedBy(1L << Math.clamp(times - 2, 0, 16));
        var most = SHORTAGE_MAX.dividedBy(6);
        return doubled.compareTo(most) < 0 ? doubled : most;
    }

    private BatchUpstream.Receiver receiver(Download download, Groups groups) {
        return new BatchUpstream.Receiver() {
            @Override
            public boolean take(String customId, RelayedOutcome outcome)
                    throws InterruptedException {
                var answer = download.take(customId, outcome);
                if (answer.isPresent()) {
                    groups.add(answer.get());
                }
                return groups.roomOrStop();
            }

            @Override
            public void unreadable(String customId, JsonBytes error) {
                download.takeUnreadable(customId, error);
            }
        };
    }

    private void logCut(String id, String reason) {
        log.warn(
                "event=relay_collection_cut relay={} provider_batch={} reason=\"{}\"",
                relay.id(),
                id,
                reason);
    }

    /** What the provider says nothing of may have been paid: it is not sent again. */
    private boolean isClosedAfter(Download download, Groups groups, String id)
            throws InterruptedException, StoppedException {
        groups.all(download.keptBack());
        int missing = download.missing();
        if (missing > 0) {
            log.error(
                    "event=relay_lacks_results relay={} provider_batch={} missing={}",
                    relay.id(),
                    id,
                    missing);
            // Whoever wants to know what became of them can still look there.
            keepsProvidersCopy = true;
            groups.all(download.rest(NO_RESULT));
        }
        return isClosed();
    }

    /** The results are not there any more; what was spent on them nobody knows. */
    private void lost(String id) throws InterruptedException, StoppedException {
        log.error(
                "event=relay_lost relay={} upstream={} provider_batch={} its_requests_are_errored=true",
                relay.id(),
                upstream.name(),
                id);
        errorAll(RESULTS_GONE);
    }

    private void errorAll(JsonBytes error) throws InterruptedException, StoppedException {
        keepsProvidersCopy = true;
        var outcome = new RelayedOutcome.Tried(new AttemptOutcome.Refused(error));
        do {
            new Groups().all(new Members(relay).rest(outcome));
        } while (!isClosed());
    }

    /** All was handed over. @return whether it was closed then; else it is wanted once more */
    private boolean isClosed() throws InterruptedException, StoppedException {
        // Storage may have failed when it was told for the first time.
        new Groups().all(unsent);
        report.accept(new Event.RelayCollected(relay.id()));
        while (true) {
            switch (inbox.take()) {
                case CLOSE -> {
                    closed();
                    return true;
                }
                case COLLECT -> {
                    return false;
                }
                case STOP -> throw new StoppedException();
                case CANCEL, MORE -> {}
            }
        }
    }

    private void closed() throws InterruptedException, StoppedException {
        var written = record;
        if (settings.deletesCollected()
                && !keepsProvidersCopy
                && written != null
                && written.state() instanceof RelayState.Submitted(var id, boolean _)) {
            write(written.in(new RelayState.Collected(id)));
        } else {
            over();
        }
    }

    private void cleanUp(String id) throws InterruptedException, StoppedException {
        if (upstream.delete(id) instanceof Sighting.Unseen) {
            log.warn(
                    "event=provider_batch_not_deleted upstream={} provider_batch={}",
                    upstream.name(),
                    id);
        }
        over();
    }

    private void over() throws InterruptedException, StoppedException {
        removeRecord();
        log.info("event=relay_closed relay={} upstream={}", relay.id(), upstream.name());
        over(new Event.RelayClosed(relay.id()));
    }

    private void over(Event last) {
        over = true;
        report.accept(last);
    }

    // Records

    private void write(RelayRecord next) throws InterruptedException, StoppedException {
        untilStored(
                () -> records.write(next),
                failure ->
                        log.error(
                                "event=relay_not_recorded relay={} reason=\"{}\" it_is_tried_again=true",
                                relay.id(),
                                failure.getMessage()));
        record = next;
    }

    private void removeRecord() throws InterruptedException, StoppedException {
        untilStored(
                () -> records.remove(relay.id()),
                failure ->
                        log.error(
                                "event=relay_record_not_removed relay={} reason=\"{}\" it_is_tried_again=true",
                                relay.id(),
                                failure.getMessage()));
    }

    /**
     * Somebody canceled the relay at the provider. Durable before its requests are free to go: a
     * start must not send what a person wanted stopped.
     */
    private void hold() throws InterruptedException, StoppedException {
        untilStored(
                () -> records.hold(upstream.name()),
                failure ->
                        log.error(
                                "event=hold_not_recorded upstream={} reason=\"{}\" it_is_tried_again=true",
                                upstream.name(),
                                failure.getMessage()));
        holdTold = true;
        report.accept(new Event.RelayCanceledElsewhere(relay.id()));
    }

    private void untilStored(Runnable step, Consumer<JournalException> told)
            throws InterruptedException, StoppedException {
        while (true) {
            try {
                step.run();
                return;
            } catch (JournalException e) {
                told.accept(e);
                pause(STORAGE_REST);
            }
        }
    }

    // Waiting

    private boolean cancelIsWanted() throws StoppedException {
        var told = new ArrayList<Signal>();
        inbox.drainTo(told, Integer.MAX_VALUE);
        for (var signal : told) {
            heard(signal);
        }
        return cancelWanted;
    }

    private void pause(Duration length) throws InterruptedException, StoppedException {
        var signal = inbox.poll(length);
        if (signal != null) {
            heard(signal);
        }
    }

    private void heard(Signal signal) throws StoppedException {
        switch (signal) {
            case STOP -> throw new StoppedException();
            case CANCEL -> cancelWanted = true;
            // Said of a collection that has been given up since.
            case MORE, COLLECT, CLOSE -> {}
        }
    }

    /** Hands outcomes over in groups, and waits with each until it was taken. */
    private final class Groups {

        private static final int GROUP_MAX = 256;
        private static final int GROUP_BYTES_MAX = 4 << 20;

        private final List<Answer> group = new ArrayList<>();
        private int bytes;
        private boolean stopped;

        void add(Answer answer) {
            group.add(answer);
            bytes += bytes(answer.outcome());
        }

        /** Whether somebody else than we canceled one of them. */
        private boolean hasForeignCancel() {
            return !holdTold
                    && !isCancelAsked()
                    && group.stream()
                            .map(Answer::outcome)
                            .anyMatch(RelayedOutcome.Canceled.class::isInstance);
        }

        private static int bytes(RelayedOutcome outcome) {
            return outcome
                            instanceof
                            RelayedOutcome.Tried(
                                    AttemptOutcome.Answered(var message, var _, var _, var _))
                    ? message.length()
                    : 0;
        }

        /** Makes room for the next. @return false if the server stops */
        boolean roomOrStop() throws InterruptedException {
            try {
                if (group.size() >= GROUP_MAX || bytes >= GROUP_BYTES_MAX) {
                    flush();
                }
                return true;
            } catch (StoppedException e) {
                stopped = true;
                return false;
            }
        }

        void all(List<Answer> answers) throws InterruptedException, StoppedException {
            for (var answer : answers) {
                add(answer);
                if (group.size() >= GROUP_MAX) {
                    flush();
                }
            }
            flush();
        }

        void flush() throws InterruptedException, StoppedException {
            if (group.isEmpty()) {
                return;
            }
            if (hasForeignCancel()) {
                hold();
            }
            report.accept(new Event.RelayAnswered(relay.id(), group));
            group.clear();
            bytes = 0;
            while (true) {
                var signal = inbox.take();
                if (signal == Signal.MORE) {
                    return;
                }
                heard(signal);
            }
        }
    }
}
