package dev.nightmail.pipeline.cost;

/** How long a cached prompt prefix lives; the upstream offers these two. */
public enum CacheTtl {
    FIVE_MINUTES("5m"),
    ONE_HOUR("1h");

    private final String wireName;

    CacheTtl(String wireName) {
        this.wireName = wireName;
    }

    public String wireName() {
        return wireName;
    }
}
