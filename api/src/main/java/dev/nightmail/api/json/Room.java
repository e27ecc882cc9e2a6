package dev.nightmail.api.json;

/** Who is asked for the memory of a window before it grows, and told when it has shrunk. */
public interface Room {

    /** Memory that nobody counts. */
    Room UNCOUNTED =
            new Room() {
                @Override
                public void take(long bytes) {}

                @Override
                public void give(long bytes) {}
            };

    /** Takes so much; throws if there is none. */
    void take(long bytes);

    void give(long bytes);
}
