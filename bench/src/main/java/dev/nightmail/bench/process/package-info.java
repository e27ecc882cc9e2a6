/** The processes under test and the ones around them: started, watched, ended by their id. */
@NullMarked
package dev.nightmail.bench.process;

import org.jspecify.annotations.NullMarked;
