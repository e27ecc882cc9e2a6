/**
 * How a service of Claude's kind meters, caches and delays requests: a model of it, without I/O.
 */
@NullMarked
package dev.nightmail.upstream.simulator.service;

import org.jspecify.annotations.NullMarked;
