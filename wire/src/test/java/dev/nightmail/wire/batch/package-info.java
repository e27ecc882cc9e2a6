@org.jspecify.annotations.NullMarked
package dev.nightmail.wire.batch;
