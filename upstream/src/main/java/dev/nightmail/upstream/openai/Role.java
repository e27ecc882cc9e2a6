package dev.nightmail.upstream.openai;

/** Who speaks. Both APIs have these three, by the same names. */
enum Role {
    SYSTEM("system"),
    USER("user"),
    ASSISTANT("assistant");

    private final String wireName;

    Role(String wireName) {
        this.wireName = wireName;
    }

    String wireName() {
        return wireName;
    }

    static Role of(Fields message) throws RefusedException {
        String name = message.requireText("role").value();
        for (var role : values()) {
            if (role.wireName.equals(name)) {
                return role;
            }
        }
        throw RefusedException.invalid(
                message.at("role"), "Input should be 'user', 'assistant' or 'system'");
    }
}
