/** What the world calls difficult JSON and difficult text, through the whole server and back. */
@NullMarked
package dev.nightmail.app.corpora;

import org.jspecify.annotations.NullMarked;
