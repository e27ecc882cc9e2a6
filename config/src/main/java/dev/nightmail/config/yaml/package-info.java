/**
 * One way to read YAML, for the pipeline file and the server's configuration: the tree with the
 * line of every key, environment variables put in, and everything that is wrong told at once.
 */
@NullMarked
package dev.nightmail.config.yaml;

import org.jspecify.annotations.NullMarked;
