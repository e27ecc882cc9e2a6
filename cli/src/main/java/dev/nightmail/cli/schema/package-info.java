/** {@code schema}: what files of ours look like, for editors. */
@NullMarked
package dev.nightmail.cli.schema;

import org.jspecify.annotations.NullMarked;
