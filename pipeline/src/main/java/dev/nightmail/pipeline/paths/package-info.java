/** Which files a pipeline may read and write, and what the pipeline file calls them. */
@NullMarked
package dev.nightmail.pipeline.paths;

import org.jspecify.annotations.NullMarked;
