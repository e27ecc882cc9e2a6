/**
 * The keys of a section, each declared once: name, kind, bounds, default and meaning. What reads a
 * file and what describes it as a JSON Schema are the same declarations.
 */
@NullMarked
package dev.nightmail.config.section;

import org.jspecify.annotations.NullMarked;
