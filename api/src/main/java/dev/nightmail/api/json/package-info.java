/** Reading JSON without building anything: a scanner that checks bytes and hands out slices. */
@NullMarked
package dev.nightmail.api.json;

import org.jspecify.annotations.NullMarked;
