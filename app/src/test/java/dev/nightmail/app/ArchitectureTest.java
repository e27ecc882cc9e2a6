package dev.nightmail.app;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.AndFullName.Predicates.fullNameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The arrows between modules, and what is left to the edges. */
class ArchitectureTest {

    private static final JavaClasses PRODUCT =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("dev.nightmail");

    /** The program, and the library, which is an edge of its own: only the package of its API. */
    private static final String[] EDGE = {"dev.nightmail.app..", "dev.nightmail.pipeline"};

    @ParameterizedTest
    @CsvSource({
        "wire, -",
        "jetty, -",
        "core, -",
        "journal, core",
        "catalog, core",
        "upstream, core wire jetty",
        "engine, core wire",
        "api, engine core jetty",
        "config, -",
        "pipeline, wire config",
        "cli, pipeline config",
    })
    void aModuleKnowsOnlyThoseItsArrowsLeadTo(String module, String arrows) {
        var known =
                Stream.concat(
                                Stream.of(module),
                                Stream.of(arrows.split(" ")).filter(other -> !other.equals("-")))
                        .map(ArchitectureTest::packages)
                        .toArray(String[]::new);
        assertThat(PRODUCT.that(resideInAPackage(packages(module)))).isNotEmpty();

        noClasses()
                .that()
                .resideInAPackage(packages(module))
                .should()
                .dependOnClassesThat(
                        resideInAPackage("dev.nightmail..")
                                .and(
                                        resideInAnyPackage(known)
                                                .negate()
                                                .as("outside of %s", List.of(known))))
                .check(PRODUCT);
    }

    @Test
    void theCoreNeedsTheLanguageOnlyAndDoesNothingItself() {
        classes()
                .that()
                .resideInAPackage("dev.nightmail.core..")
                .should()
                .onlyDependOnClassesThat(
                        resideInAnyPackage(
                                "dev.nightmail.core..",
                                "org.jspecify.annotations..",
                                "java.lang..",
                                "java.io",
                                "java.math..",
                                "java.net",
                                "java.nio",
                                "java.nio.charset..",
                                "java.nio.channels",
                                "java.nio.file",
                                "java.security..",
                                "java.time..",
                                "java.util..",
                                "javax.crypto.."))
                .check(PRODUCT);
        noClasses()
                .that()
                .resideInAPackage("dev.nightmail.core..")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName(Thread.class.getName())
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage("java.util.concurrent..")
                .check(PRODUCT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "java\\.time\\.(Instant|LocalDate|LocalDateTime|OffsetDateTime|ZonedDateTime)\\.now\\(.*",
                "java\\.time\\.Clock\\.system.*",
                "java\\.time\\.InstantSource\\.system.*",
                "java\\.lang\\.System\\.(currentTimeMillis|exit|getenv)\\(.*",
                "java\\.lang\\.Thread\\.sleep\\(.*",
                "java\\.util\\.UUID\\.randomUUID\\(.*",
                "java\\.util\\.Random\\.<init>\\(.*",
                "java\\.security\\.SecureRandom\\.<init>\\(.*",
                "java\\.util\\.concurrent\\.ThreadLocalRandom\\..*",
                "java\\.lang\\.Math\\.random\\(.*",
                "java\\.lang\\.ThreadLocal\\..*",
            })
    void timeChanceAndTheProcessAreHandedInFromTheEdge(String call) {
        noClasses()
                .that()
                .resideOutsideOfPackages(EDGE)
                .should()
                .callCodeUnitWhere(target(fullNameMatching(call)))
                .check(PRODUCT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "config",
                "wire",
                "core",
                "journal",
                "catalog",
                "upstream",
                "engine",
                "api",
                "pipeline",
                "cli",
                "app"
            })
    void featuresOfAModuleDoNotGoInCircles(String module) {
        slices().matching("dev.nightmail." + module + ".(*)..")
                .should()
                .beFreeOfCycles()
                .check(PRODUCT);
    }

    private static String packages(String module) {
        return "dev.nightmail." + module + "..";
    }
}
