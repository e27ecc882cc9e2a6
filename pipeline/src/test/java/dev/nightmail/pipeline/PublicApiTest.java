package dev.nightmail.pipeline;

import static javax.lang.model.element.Modifier.PRIVATE;
import static javax.lang.model.element.Modifier.PUBLIC;
import static javax.lang.model.element.Modifier.STATIC;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import dev.nightmail.config.section.Kinds;
import dev.nightmail.pipeline.sink.SinkException;
import dev.nightmail.pipeline.sink.SinkProvider;
import dev.nightmail.pipeline.source.SourceException;
import dev.nightmail.pipeline.source.SourceProvider;
import java.io.IOException;
import java.lang.reflect.Executable;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The public API is what the pom lists for its Javadoc, type by type. It shows nothing else of
 * ours, so that everything else may change, and all of it is explained.
 */
class PublicApiTest {

    private static final Path SOURCES = Path.of("src/main/java");
    private static final Pattern LISTED = Pattern.compile("<include>([^<]+)\\.java</include>");

    /** Where a user of the API begins. */
    private static final List<Class<?>> ROOTS =
            List.of(
                    Pipeline.class,
                    PipelineException.class,
                    SourceProvider.class,
                    SourceException.class,
                    SinkProvider.class,
                    SinkException.class,
                    Kinds.class);

    @Test
    void theApiShowsNothingButTheTypesThatAreListed() throws IOException {
        assertThat(reached()).isEqualTo(listed());
    }

    @Test
    void whatIsListedExistsAndTheMainPackageShowsNothingElse() throws IOException {
        var inMainPackage = new TreeSet<String>();
        try (var files = Files.list(SOURCES.resolve("dev/nightmail/pipeline"))) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                var name = file.getFileName().toString().replace(".java", "");
                if (!name.equals("package-info") && isPublic("dev.nightmail.pipeline." + name)) {
                    inMainPackage.add("dev.nightmail.pipeline." + name);
                }
            }
        }

        assertThat(listed()).containsAll(inMainPackage);
    }

    @Test
    void everythingThatIsPublicInItIsExplained() throws IOException {
        assertThat(unexplained()).isEmpty();
    }

    private static boolean isPublic(String type) {
        return Modifier.isPublic(load(type).getModifiers());
    }

    private static Class<?> load(String type) {
        try {
            return Class.forName(type, false, PublicApiTest.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new AssertionError(type, e);
        }
    }

    private static Set<String> listed() throws IOException {
        var listed = new TreeSet<String>();
        var lines = LISTED.matcher(Files.readString(Path.of("pom.xml")));
        while (lines.find()) {
            if (!lines.group(1).endsWith("package-info")) {
                listed.add(lines.group(1).replace('/', '.'));
            }
        }
        return listed;
    }

    /** Top-level types of this module, and those of the reader of YAML left out. */
    private static Set<String> reached() {
        var reached = new TreeSet<String>();
        var seen = new TreeSet<String>();
        Deque<Class<?>> next = new ArrayDeque<>(ROOTS);
        while (!next.isEmpty()) {
            var type = next.remove();
            if (!type.getName().startsWith("dev.nightmail.") || !seen.add(type.getName())) {
                continue;
            }
            var file = type;
            while (file.getEnclosingClass() != null) {
                file = file.getEnclosingClass();
            }
            if (file.getName().startsWith("dev.nightmail.pipeline.")) {
                reached.add(file.getName());
            } else {
                assertThat(file.getPackageName())
                        .isIn("dev.nightmail.config.section", "dev.nightmail.config.yaml");
            }
            shownBy(type).forEach(shown -> addClasses(shown, next));
        }
        return reached;
    }

    private static Stream<Type> shownBy(Class<?> type) {
        var shown = new ArrayList<Type>();
        shown.add(type.getGenericSuperclass());
        shown.addAll(List.of(type.getGenericInterfaces()));
        Stream.of(type.getDeclaredClasses())
                .filter(inner -> Modifier.isPublic(inner.getModifiers()))
                .forEach(shown::add);
        if (type.isSealed()) {
            Stream.of(type.getPermittedSubclasses())
                    .filter(permitted -> Modifier.isPublic(permitted.getModifiers()))
                    .forEach(shown::add);
        }
        Stream.of(type.getFields()).forEach(field -> shown.add(field.getGenericType()));
        Stream.of(type.getConstructors()).forEach(constructor -> addSignature(constructor, shown));
        for (var method : type.getMethods()) {
            shown.add(method.getGenericReturnType());
            addSignature(method, shown);
        }
        return shown.stream();
    }

    private static void addSignature(Executable executable, List<Type> shown) {
        shown.addAll(List.of(executable.getGenericParameterTypes()));
        shown.addAll(List.of(executable.getGenericExceptionTypes()));
    }

    private static void addClasses(@Nullable Type type, Deque<Class<?>> classes) {
        switch (type) {
            case null -> {}
            case Class<?> array when array.isArray() ->
                    addClasses(array.getComponentType(), classes);
            case Class<?> plain -> classes.add(plain);
            case ParameterizedType generic -> {
                addClasses(generic.getRawType(), classes);
                Stream.of(generic.getActualTypeArguments())
                        .forEach(argument -> addClasses(argument, classes));
            }
            case WildcardType wildcard -> {
                Stream.of(wildcard.getUpperBounds()).forEach(bound -> addClasses(bound, classes));
                Stream.of(wildcard.getLowerBounds()).forEach(bound -> addClasses(bound, classes));
            }
            case GenericArrayType array -> addClasses(array.getGenericComponentType(), classes);
            case TypeVariable<?> _ -> {}
            default -> throw new AssertionError(type.toString());
        }
    }

    /** Public types, methods and constants without a comment. */
    private static List<String> unexplained() throws IOException {
        var compiler = ToolProvider.getSystemJavaCompiler();
        var unexplained = new ArrayList<String>();
        try (var manager = compiler.getStandardFileManager(null, null, null)) {
            var files =
                    listed().stream()
                            .map(type -> SOURCES.resolve(type.replace('.', '/') + ".java"))
                            .toList();
            var task =
                    (JavacTask)
                            compiler.getTask(
                                    null,
                                    manager,
                                    null,
                                    List.of("--release", "25"),
                                    null,
                                    manager.getJavaFileObjectsFromPaths(files));
            for (var unit : task.parse()) {
                new Uncommented(DocTrees.instance(task), unexplained).scan(unit, null);
            }
        }
        return unexplained;
    }

    private static final class Uncommented extends TreePathScanner<@Nullable Void, @Nullable Void> {
        private final DocTrees comments;
        private final List<String> found;

        Uncommented(DocTrees comments, List<String> found) {
            this.comments = comments;
            this.found = found;
        }

        @Override
        public @Nullable Void visitClass(ClassTree type, @Nullable Void nothing) {
            if (!isShown(type.getModifiers())) {
                return null;
            }
            check(type.getSimpleName().toString());
            return super.visitClass(type, null);
        }

        @Override
        public @Nullable Void visitMethod(MethodTree method, @Nullable Void nothing) {
            var overrides =
                    method.getModifiers().getAnnotations().stream()
                            .anyMatch(one -> one.getAnnotationType().toString().equals("Override"));
            // A record's constructor is explained by its record.
            var isOfRecord =
                    method.getName().contentEquals("<init>")
                            && getCurrentPath().getParentPath().getLeaf().getKind()
                                    == Tree.Kind.RECORD;
            if (isShown(method.getModifiers()) && !overrides && !isOfRecord) {
                check(method.getName().toString());
            }
            return null;
        }

        @Override
        public @Nullable Void visitVariable(VariableTree variable, @Nullable Void nothing) {
            var isConstant = variable.getModifiers().getFlags().contains(STATIC);
            if (isConstant && isShown(variable.getModifiers())) {
                check(variable.getName().toString());
            }
            return null;
        }

        private boolean isShown(ModifiersTree modifiers) {
            var inInterface =
                    getCurrentPath().getParentPath().getLeaf().getKind() == Tree.Kind.INTERFACE;
            var flags = modifiers.getFlags();
            return flags.contains(PUBLIC) || (inInterface && !flags.contains(PRIVATE));
        }

        private void check(String name) {
            TreePath path = getCurrentPath();
            if (comments.getDocCommentTree(path) == null) {
                found.add(
                        Path.of(path.getCompilationUnit().getSourceFile().getName()).getFileName()
                                + ": "
                                + name);
            }
        }
    }
}
