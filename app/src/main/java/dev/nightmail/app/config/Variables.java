package dev.nightmail.app.config;

import dev.nightmail.config.yaml.EnvironmentValues;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/** The environment variables of the process, in the three ways a configuration meets them. */
final class Variables {

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

    /** A text with the variables it names put in: in the same way as in a pipeline file. */
    EnvironmentValues.Resolved resolve(String text) {
        return new EnvironmentValues(this::named).resolve(text);
    }
}
