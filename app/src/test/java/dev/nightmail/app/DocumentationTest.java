package dev.nightmail.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Whoever begins at the README finds every page, and no link leads nowhere. */
class DocumentationTest {

    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
    private static final Path README = HOME.resolve("README.md");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)|src=\"([^\"]+)\"");

    @Test
    void everyPageIsReachedFromTheReadme() throws IOException {
        var reached = new TreeSet<Path>();
        var next = new ArrayDeque<>(List.of(README));
        while (!next.isEmpty()) {
            var page = next.remove();
            if (reached.add(page) && page.toString().endsWith(".md")) {
                next.addAll(targets(page));
            }
        }

        assertThat(reached).containsAll(pages());
    }

    @Test
    void everyLinkLeadsSomewhere() throws IOException {
        var broken = new ArrayList<String>();
        for (var page : pages()) {
            for (var target : targets(page)) {
                if (!Files.exists(target)) {
                    broken.add(HOME.relativize(page) + " -> " + HOME.relativize(target));
                }
            }
        }

        assertThat(broken).isEmpty();
    }

    private static List<Path> pages() throws IOException {
        var pages = new ArrayList<>(List.of(README, HOME.resolve("examples/README.md")));
        try (var docs = Files.walk(HOME.resolve("docs"))) {
            docs.filter(page -> page.toString().endsWith(".md")).forEach(pages::add);
        }
        return pages;
    }

    /** What a page links to in this repository; a link to a folder is one to its README. */
    private static List<Path> targets(Path page) throws IOException {
        var targets = new ArrayList<Path>();
        var links = LINK.matcher(Files.readString(page));
        while (links.find()) {
            var link = links.group(1) == null ? links.group(2) : links.group(1);
            var file = link.replaceFirst("#.*", "");
            if (!file.isEmpty() && !file.contains("://")) {
                var target = page.resolveSibling(file).normalize();
                boolean folder = Files.isDirectory(target.resolve("."));
                targets.add(
                        folder && Files.exists(target.resolve("README.md"))
                                ? target.resolve("README.md")
                                : target);
            }
        }
        return targets;
    }
}
