package dev.nightmail.pipeline.source;

import dev.nightmail.pipeline.paths.PathRule;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** The sources over files keep the contract of all sources. */
@SuppressWarnings("NullAway.Init")
class FileSourcesContractTest {

    @Nested
    class SqlOverFiles extends SourceContract {

        @TempDir Path folder;

        @Override
        protected RecordSource source(List<String> ids) throws Exception {
            Files.writeString(folder.resolve("a.csv"), "id,text\n");
            for (var id : ids) {
                grown(id);
            }
            return new SqlSource(
                    new PathRule(folder, false), "select * from 'a.csv' order by id", Reading.TEXT);
        }

        @Override
        protected RecordSource grown(String id) throws Exception {
            Files.writeString(
                    folder.resolve("a.csv"),
                    id + ",text of " + id + "\n",
                    StandardOpenOption.APPEND);
            return new SqlSource(
                    new PathRule(folder, false), "select * from 'a.csv' order by id", Reading.TEXT);
        }
    }

    @Nested
    class TextFiles extends SourceContract {

        @TempDir Path folder;

        @Override
        protected RecordSource source(List<String> ids) throws Exception {
            for (var id : ids) {
                grown(id);
            }
            return new TextFilesSource(
                    new PathRule(folder, false), "*.txt", StandardCharsets.UTF_8, List.of());
        }

        @Override
        protected RecordSource grown(String id) throws Exception {
            Files.writeString(folder.resolve(id + ".txt"), "text of " + id);
            return new TextFilesSource(
                    new PathRule(folder, false), "*.txt", StandardCharsets.UTF_8, List.of());
        }
    }
}
