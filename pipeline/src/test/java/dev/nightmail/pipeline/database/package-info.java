@NullMarked
package dev.nightmail.pipeline.database;

import org.jspecify.annotations.NullMarked;
