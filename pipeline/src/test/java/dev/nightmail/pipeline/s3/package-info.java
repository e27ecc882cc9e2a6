@NullMarked
package dev.nightmail.pipeline.s3;

import org.jspecify.annotations.NullMarked;
