package dev.nightmail.bench.measure;

/** What a figure should come to, and where it must be wrong whatever the noise. */
public sealed interface Aim {

    boolean isMetBy(double value);

    /** What is counted: x for a ratio, s for seconds. */
    String unit();

    /** Whether the value is beyond what a busy machine explains. */
    boolean isFarFrom(double value);

    /** The less the better. */
    record AtMost(double aim, double bound, String unit) implements Aim {
        @Override
        public boolean isMetBy(double value) {
            return value <= aim;
        }

        @Override
        public boolean isFarFrom(double value) {
            return value > bound;
        }

        @Override
        public String toString() {
            return "<= %.2f %s".formatted(aim, unit);
        }
    }

    /** The more the better. */
    record AtLeast(double aim, double bound, String unit) implements Aim {
        @Override
        public boolean isMetBy(double value) {
            return value >= aim;
        }

        @Override
        public boolean isFarFrom(double value) {
            return value < bound;
        }

        @Override
        public String toString() {
            return ">= %.2f %s".formatted(aim, unit);
        }
    }
}
