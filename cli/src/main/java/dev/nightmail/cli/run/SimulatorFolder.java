package dev.nightmail.cli.run;

import dev.nightmail.cli.surroundings.Surroundings;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * Where the server inside a run keeps its batches: {@code .nightmail/NAME} beside {@code
 * NAME.yaml}, one for each pipeline, so that two can run at once. It stays after a run that did not
 * come to its end, and goes with one that did: by then every answer is in the pipeline's own state.
 *
 * @param path absolute
 */
record SimulatorFolder(Path path) {

    private static final String FAMILY = ".nightmail";

    static SimulatorFolder of(Path pipeline, Surroundings surroundings) {
        var file = surroundings.folder().resolve(pipeline).normalize();
        var name = String.valueOf(file.getFileName());
        var dot = name.lastIndexOf('.');
        return new SimulatorFolder(
                file.resolveSibling(FAMILY).resolve(dot < 1 ? name : name.substring(0, dot)));
    }

    boolean exists() {
        return Files.exists(path);
    }

    /**
     * Removes it; its server must have stopped. What resists stays, to be removed the next time.
     */
    void remove() {
        // Moved out of the way first: no server may ever start on half of a folder.
        var leaving = path.resolveSibling(path.getFileName() + ".removed");
        try {
            delete(leaving);
            if (exists()) {
                Files.move(path, leaving);
            }
            delete(leaving);
            deleteIfEmpty(path.resolveSibling("."));
        } catch (IOException _) {
            // Nobody is waiting for the space, and the run itself went well.
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        Files.walkFileTree(
                folder,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.delete(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(
                            Path visited, @Nullable IOException failure) throws IOException {
                        if (failure != null) {
                            throw failure;
                        }
                        Files.delete(visited);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }

    private static void deleteIfEmpty(Path folder) throws IOException {
        try {
            Files.delete(folder.normalize());
        } catch (DirectoryNotEmptyException _) {
            // Another pipeline's server has its folder there.
        }
    }
}
