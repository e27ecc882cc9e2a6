/** Objects in S3, and in what speaks like it. The library behind it is loaded when one is used. */
@NullMarked
package dev.nightmail.pipeline.s3;

import org.jspecify.annotations.NullMarked;
