@org.jspecify.annotations.NullMarked
package dev.nightmail.wire.json;
