package dev.nightmail.app.config;

import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The environment variables of the process, in the three ways a configuration meets them. */
final class Variables {

    private static final Pattern REFERENCE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)}");

    private final Function<String, Optional<String>> environment;

    Variables(Function<String, Optional<String>> environment) {
        this.environment = environment;
    }

    /** A variable by its name; one that is set to nothing counts as not set. */
    Optional<String> named(String name) {
        return environment.apply(name).filter(Predicate.not(String::isBlank));
    }

    /** The variable that stands for a key: {@code NIGHTMAIL_LIMITS_WINDOW} for limits.window. */
    Optional<String> forKey(String key) {
        return named(
                "NIGHTMAIL_" + key.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT));
    }

    /** The names in a text, as {@code ${NAME}}, that nothing is known of. */
    Set<String> missingIn(String text) {
        var missing = new LinkedHashSet<String>();
        var references = REFERENCE.matcher(text);
        while (references.find()) {
            if (named(references.group(1)).isEmpty()) {
                missing.add(references.group(1));
            }
        }
        return missing;
    }

    /** A text with the variables it names put in; they are not searched for names again. */
    String resolve(String text) {
        return REFERENCE
                .matcher(text)
                .replaceAll(reference ->
                        Matcher.quoteReplacement(named(reference.group(1)).orElse("")));
    }
}
