/** What a prompt's template may look like, before there is a record to fill it with. */
@NullMarked
package dev.nightmail.pipeline.template;

import org.jspecify.annotations.NullMarked;
