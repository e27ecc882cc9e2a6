package dev.nightmail.pipeline.source;

import dev.nightmail.config.section.Key;
import dev.nightmail.config.section.Keys;
import dev.nightmail.config.section.Kinds;
import dev.nightmail.config.section.YamlSection;
import dev.nightmail.pipeline.paths.NamedFile;
import dev.nightmail.pipeline.paths.PathRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code source: { sql: … }}. */
public final class SqlSourceProvider implements SourceProvider {

    private static final Key<String> SQL =
            Key.of(
                            "sql",
                            Kinds.text(),
                            "One SELECT of DuckDB over CSV, JSONL and Parquet files in the pipeline's folder and below, or objects in S3 ('s3://bucket/*.csv'); it needs a column id.")
                    .required("give one SELECT");
    private static final Key<CsvCells> CSV =
            Key.of(
                    "csv",
                    Kinds.choice(CsvCells.class),
                    "How cells of CSV files are read: as the text they are, or as the types DuckDB detects; text unless it is given.");

    /**
     * One SELECT over files in the pipeline's folder, or objects in S3; its result needs a column
     * {@code id}.
     *
     * @param csv how cells of CSV files are read; null where the author says nothing: as text, or
     *     as an earlier release did if the pipeline's state was made by one
     */
    public record Sql(PathRule paths, String query, @Nullable CsvCells csv)
            implements SourceDefinition {

        @Override
        public RecordSource open(SourceContext context) {
            ObjectCopies.clear(context.workFolder());
            return new SqlSource(paths, query, reading(context), context.workFolder());
        }

        @Override
        public List<String> conflicts(List<NamedFile> outputs) {
            return new SqlSource(paths, query, Reading.TEXT).conflicts(outputs);
        }

        @Override
        public List<String> conflictsElsewhere(List<String> places) {
            return new SqlSource(paths, query, Reading.TEXT).conflictsElsewhere(places);
        }

        /** As the author says, else as the state's release did. */
        private Reading reading(SourceContext context) {
            if (csv != null) {
                context.readAsNew();
                return csv == CsvCells.TEXT ? Reading.TEXT : Reading.TYPED;
            }
            if (!context.readsAsBefore()) {
                return Reading.TEXT;
            }
            context.note(
                    "the source is read as by the release that made this pipeline's state, so that nothing is asked twice; \"csv: text\" under source reads cells as they stand, and asks anew what that changes");
            return Reading.EARLIER;
        }
    }

    @Override
    public String key() {
        return "sql";
    }

    @Override
    public String shape() {
        return "{ sql: … }";
    }

    @Override
    public Keys keys() {
        return Keys.of(SQL, CSV);
    }

    @Override
    public @Nullable SourceDefinition read(YamlSection source, PathRule paths) {
        var query = source.read(SQL);
        var csv = source.read(CSV);
        if (source.has("encoding")) {
            source.problem(
                    "encoding",
                    "goes with files only: a query says read_csv('…', encoding = 'latin-1')");
        }
        return query == null ? null : new Sql(paths, query, csv);
    }
}
