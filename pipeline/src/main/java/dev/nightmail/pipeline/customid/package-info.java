/** From a record's own id to the custom_id its request carries on the wire. */
@NullMarked
package dev.nightmail.pipeline.customid;

import org.jspecify.annotations.NullMarked;
