package dev.nightmail.pipeline.state;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;

/**
 * Where the requests of batches are until their results are here: {@code
 * .nightmail/NAME.state.work/batch-000001.jsonl} beside the pipeline file. Files that no batch
 * names any more, or not yet when a run died, are removed by the next run; the folders with them.
 */
public final class WorkFolder {

    private static final Pattern FILE = Pattern.compile("batch-(\\d{6,9})\\.jsonl");

    private final Path folder;
    private final Storage storage;

    private WorkFolder(Path folder, Storage storage) {
        this.folder = folder;
        this.storage = storage;
    }

    static WorkFolder of(Path stateFile) {
        return of(stateFile, Storage.REAL);
    }

    static WorkFolder of(Path stateFile, Storage storage) {
        var name = String.valueOf(stateFile.getFileName());
        var stem = name.endsWith(".db") ? name.substring(0, name.length() - 3) : name;
        return new WorkFolder(
                stateFile.resolveSibling(".nightmail").resolve(stem + ".work"), storage);
    }

    Path path() {
        return folder;
    }

    Path file(int batch) {
        return folder.resolve("batch-%06d.jsonl".formatted(batch));
    }

    boolean has(int batch) {
        return Files.isRegularFile(file(batch));
    }

    BatchFile.Writer write(int batch, byte[] shared) {
        try {
            return new BatchFile.Writer(storage.create(file(batch)), shared);
        } catch (IOException e) {
            throw BatchFile.Writer.cannotWrite(e);
        }
    }

    BatchFile.Reader read(int batch) throws IOException {
        return new BatchFile.Reader(file(batch));
    }

    void delete(int batch) {
        try {
            Files.deleteIfExists(file(batch));
        } catch (IOException e) {
            throw cannotClear(e);
        }
    }

    /** Removes the files of all other batches, and the folder once it is empty. */
    void keepOnly(IntPredicate wanted) {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (var files = Files.newDirectoryStream(folder)) {
            for (var file : files) {
                var name = FILE.matcher(String.valueOf(file.getFileName()));
                if (!name.matches() || !wanted.test(Integer.parseInt(name.group(1)))) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            throw cannotClear(e);
        }
        removeIfEmpty(folder);
        var parent = folder.getParent();
        if (parent != null) {
            removeIfEmpty(parent);
        }
    }

    private static void removeIfEmpty(Path folder) {
        try {
            Files.deleteIfExists(folder);
        } catch (DirectoryNotEmptyException | NoSuchFileException _) {
            // Somebody's.
        } catch (IOException e) {
            throw cannotClear(e);
        }
    }

    private static StateException cannotClear(IOException e) {
        return new StateException("cannot clear the pipeline's work folder: " + e.getMessage(), e);
    }
}
