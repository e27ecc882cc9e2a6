package dev.nightmail.api.server;

import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A host as clients write it, with the port if there is one.
 *
 * @param name in lower case, without brackets and without a dot at its end
 * @param port empty for none, otherwise its digits
 */
record HostName(String name, String port) {

    private static final Pattern NAME =
            Pattern.compile("([A-Za-z0-9._-]{1,253})(?::([0-9]{0,5}))?");
    private static final Pattern BRACKETED =
            Pattern.compile("\\[([0-9A-Fa-f:.]{2,45})](?::([0-9]{0,5}))?");

    /** Empty if that is no host. */
    static Optional<HostName> parse(String text) {
        var written = text.strip();
        var match = (written.startsWith("[") ? BRACKETED : NAME).matcher(written);
        if (!match.matches()) {
            return Optional.empty();
        }
        var port = match.group(2) == null ? "" : match.group(2);
        var name = normal(match.group(1));
        return name.isEmpty() ? Optional.empty() : Optional.of(new HostName(name, port));
    }

    /** A name or an address alone, in the one form in which names are compared. */
    static String normal(String name) {
        var lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    /**
     * Whether no other machine answers to it. Names are not looked up: who can have a name answered
     * with 127.0.0.1 is just whom this is about.
     */
    boolean isLoopback() {
        // RFC 6761: these names never leave the machine.
        if (name.equals("localhost") || name.endsWith(".localhost")) {
            return true;
        }
        try {
            return InetAddress.ofLiteral(name).isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** With the port, unless it is the usual one. */
    String authority(String usualPort) {
        return port.isEmpty() || port.equals(usualPort) ? name : name + ":" + port;
    }
}
