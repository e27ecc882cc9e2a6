package dev.nightmail.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nightmail.core.batch.Batch;
import dev.nightmail.core.batch.BatchCatalog;
import dev.nightmail.core.batch.BatchCatalog.Insertion.Inserted;
import dev.nightmail.core.batch.BatchCatalog.Insertion.KeyUsed;
import dev.nightmail.core.batch.BatchEvent.BatchEnded;
import dev.nightmail.core.batch.BatchEvent.CancelRequested;
import dev.nightmail.core.batch.BatchEvent.ResultsArchived;
import dev.nightmail.core.batch.BatchEvent.ResultsSettled;
import dev.nightmail.core.batch.BatchPage;
import dev.nightmail.core.batch.BatchPage.Place;
import dev.nightmail.core.batch.BatchPage.Place.After;
import dev.nightmail.core.batch.BatchPage.Place.Before;
import dev.nightmail.core.batch.BatchPage.Place.Newest;
import dev.nightmail.core.key.WorkspaceId;
import dev.nightmail.core.result.RequestCounts;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every catalog of batches promises. */
abstract class BatchCatalogContract {

    private BatchCatalog catalog;

    /** An empty catalog. */
    abstract BatchCatalog create();

    @BeforeEach
    void open() {
        catalog = create();
    }

    private List<Batch> insert(int batches) {
        var inserted = IntStream.range(0, batches).mapToObj(Samples::batch).toList();
        inserted.forEach(batch -> assertThat(catalog.insert(batch)).isEqualTo(new Inserted()));
        return inserted;
    }

    private static Batch ended(Batch batch) {
        return batch.after(new ResultsSettled(new RequestCounts(0, 4, 3, 2, 1)))
                .after(new BatchEnded(Samples.START.plusSeconds(60)));
    }

    private static Batch archived(Batch batch) {
        return ended(batch).after(new ResultsArchived(Samples.START.plusSeconds(90)));
    }

    @Test
    void aBatchIsFoundAsItWasInserted() {
        var batch = insert(2).get(1);

        assertThat(catalog.find(batch.id())).contains(batch);
        assertThat(catalog.find(Samples.batch(9).id())).isEmpty();
    }

    @Test
    void everyStateIsKept() {
        var batch = insert(1).getFirst();
        var canceling = batch.after(new CancelRequested(Samples.START.plusSeconds(5)));
        for (var state :
                List.of(
                        batch.after(new ResultsSettled(new RequestCounts(6, 4, 0, 0, 0))),
                        canceling,
                        ended(canceling),
                        ended(batch),
                        archived(canceling))) {
            catalog.update(state);
            assertThat(catalog.find(batch.id())).contains(state);
        }
    }

    @Test
    void updatingWhatIsGoneDoesNothing() {
        var batch = insert(1).getFirst();
        catalog.delete(batch.id());
        catalog.delete(batch.id());

        catalog.update(ended(batch));

        assertThat(catalog.find(batch.id())).isEmpty();
        assertThat(catalog.ids()).isEmpty();
    }

    @Test
    void aSecondBatchOfTheSameIdIsAnError() {
        var batch = insert(1).getFirst();
        assertThatThrownBy(() -> catalog.insert(batch)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void anIdempotencyKeyIsUsedOncePerWorkspace() {
        var first = Samples.batch(0, Samples.TEAM, "once");
        catalog.insert(first);

        assertThat(catalog.insert(Samples.batch(1, Samples.TEAM, "once")))
                .isEqualTo(new KeyUsed(first));
        assertThat(catalog.insert(Samples.batch(2, WorkspaceId.DEFAULT, "once")))
                .isEqualTo(new Inserted());
        assertThat(catalog.insert(Samples.batch(3, Samples.TEAM, "twice")))
                .isEqualTo(new Inserted());
        assertThat(catalog.findByIdempotencyKey(Samples.TEAM, "once")).contains(first);
        assertThat(catalog.findByIdempotencyKey(Samples.TEAM, "never")).isEmpty();
        assertThat(catalog.ids()).hasSize(3);
    }

    @Test
    void ofManyInsertsWithOneKeyAtOnceOneWins() throws Exception {
        var batches =
                IntStream.range(0, 16)
                        .mapToObj(second -> Samples.batch(second, Samples.TEAM, "once"))
                        .toList();
        int inserted = 0;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var insertions =
                    threads.invokeAll(
                            batches.stream()
                                    .map(batch ->
                                            (java.util.concurrent.Callable<BatchCatalog.Insertion>)
                                                    () -> catalog.insert(batch))
                                    .toList());
            for (var insertion : insertions) {
                inserted += insertion.get() instanceof Inserted ? 1 : 0;
            }
        }
        assertThat(inserted).isEqualTo(1);
        assertThat(catalog.ids()).hasSize(1);
    }

    @Test
    void aDeletedBatchFreesItsIdempotencyKey() {
        var first = Samples.batch(0, Samples.TEAM, "once");
        catalog.insert(first);
        catalog.delete(first.id());

        assertThat(catalog.insert(Samples.batch(1, Samples.TEAM, "once")))
                .isEqualTo(new Inserted());
    }

    private BatchPage page(int limit, Place place) {
        return catalog.page(Samples.TEAM, new BatchPage.Query(limit, place));
    }

    @Test
    void theFirstPageIsTheNewestOfTheWorkspaceAlone() {
        var batches = insert(5);
        catalog.insert(Samples.batch(9, WorkspaceId.DEFAULT, null));

        var page = page(2, new Newest());

        assertThat(page.batches()).containsExactly(batches.get(4), batches.get(3));
        assertThat(page.hasMore()).isTrue();
        assertThat(page(5, new Newest()).hasMore()).isFalse();
        assertThat(catalog.page(new WorkspaceId("empty"), new BatchPage.Query(5, new Newest())))
                .isEqualTo(new BatchPage(List.of(), false));
    }

    @Test
    void travellingAfterVisitsEveryBatchOnceFromNewToOld() {
        var batches = insert(7);
        var seen = new ArrayList<Batch>();
        var page = page(3, new Newest());
        seen.addAll(page.batches());
        while (page.hasMore()) {
            page = page(3, new After(page.batches().getLast().id()));
            seen.addAll(page.batches());
        }
        assertThat(seen).isEqualTo(batches.reversed());
    }

    @Test
    void travellingBeforeReturnsThePageNextToTheCursorNewestFirst() {
        var batches = insert(7);

        var page = page(3, new Before(batches.get(1).id()));

        assertThat(page.batches()).containsExactly(batches.get(4), batches.get(3), batches.get(2));
        assertThat(page.hasMore()).isTrue();
        var next = page(3, new Before(page.batches().getFirst().id()));
        assertThat(next.batches()).containsExactly(batches.get(6), batches.get(5));
        assertThat(next.hasMore()).isFalse();
    }

    @Test
    void aCursorKeepsItsPlaceWhenItsBatchIsDeleted() {
        var batches = insert(5);
        catalog.delete(batches.get(2).id());

        assertThat(page(1, new After(batches.get(2).id())).batches())
                .containsExactly(batches.get(1));
        assertThat(page(1, new Before(batches.get(2).id())).batches())
                .containsExactly(batches.get(3));
    }

    @Test
    void runningBatchesComeOldestFirst() {
        var batches = insert(4);
        catalog.update(ended(batches.get(1)));
        var canceling = batches.get(2).after(new CancelRequested(Samples.START));
        catalog.update(canceling);

        assertThat(catalog.running()).containsExactly(batches.get(0), canceling, batches.get(3));
        assertThat(catalog.ids()).isEqualTo(batches.stream().map(Batch::id).toList());
    }

    @Test
    void onlyEndedBatchesOldEnoughAreToBeArchived() {
        var batches = insert(6);
        catalog.update(ended(batches.get(0)));
        catalog.update(archived(batches.get(1)));
        catalog.update(ended(batches.get(3)));
        catalog.update(ended(batches.get(4)));
        catalog.update(ended(batches.get(5)));
        var createdAtMax = batches.get(4).header().createdAt();

        assertThat(catalog.toArchive(createdAtMax, 10))
                .containsExactly(
                        ended(batches.get(0)), ended(batches.get(3)), ended(batches.get(4)));
        assertThat(catalog.toArchive(createdAtMax, 1)).containsExactly(ended(batches.get(0)));
    }
}
