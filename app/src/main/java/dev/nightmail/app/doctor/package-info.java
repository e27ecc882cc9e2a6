/** Checks a whole data folder, journal and catalog against each other, and repairs it. */
@NullMarked
package dev.nightmail.app.doctor;

import org.jspecify.annotations.NullMarked;
