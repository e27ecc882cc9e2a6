package dev.nightmail.pipeline.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What every finite source does. */
public abstract class SourceContract {

    /** A source over these ids, each with a text {@code text of ID}; the ids are in order. */
    protected abstract RecordSource source(List<String> ids) throws Exception;

    /** The same source after its place was given one more id, which comes after all others. */
    protected abstract RecordSource grown(String id) throws Exception;

    @Test
    void everyRecordIsGivenOnceInTheSameOrderEachTime() throws Exception {
        var source = source(List.of("a1", "b2", "c3"));

        var first = ids(source, null);

        assertThat(first).hasSize(3).doesNotHaveDuplicates();
        assertThat(ids(source, null)).isEqualTo(first);
    }

    @Test
    void theFieldsOfARecordHaveItsIdAndItsText() throws Exception {
        try (var cursor = source(List.of("a1")).open()) {
            var record = (SourceRecord) Objects.requireNonNull(cursor.next());

            assertThat(record.fields())
                    .containsEntry("id", record.id())
                    .containsEntry("text", "text of a1");
            assertThat(cursor.next()).isNull();
        }
    }

    @Test
    void aWalkMayBeLeftAnywhereAndAnotherBegun() throws Exception {
        var source = source(List.of("a1", "b2", "c3"));
        try (var cursor = source.open()) {
            cursor.next();
        }

        assertThat(ids(source, null)).hasSize(3);
    }

    @Test
    void readOnFromAPositionMissesNothingThatIsNew() throws Exception {
        var source = source(List.of("a1", "b2", "c3"));
        var before = new ArrayList<String>();
        var position = walk(source, null, before);

        var grown = grown("d4");
        var after = ids(grown, position);

        var all = ids(grown, null);
        assertThat(grown.identity()).isEqualTo(source.identity());
        assertThat(all).hasSize(4);
        assertThat(after).as("the new one").contains(all.getLast());
        assertThat(after)
                .as("and as few of the others as it can")
                .hasSizeLessThanOrEqualTo(position == null ? 4 : 2);
    }

    private static List<String> ids(RecordSource source, @Nullable String position) {
        var ids = new ArrayList<String>();
        walk(source, position, ids);
        return ids;
    }

    private static @Nullable String walk(
            RecordSource source, @Nullable String position, List<String> ids) {
        try (var cursor = source.open(position)) {
            for (var item = cursor.next(); item != null; item = cursor.next()) {
                ids.add(((SourceRecord) item).id());
            }
            return cursor.position();
        }
    }
}
