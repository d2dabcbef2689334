/**
 * One train step, measured. {@link org.hopespark.model.bench.StepBenchmark} runs steps of a replica
 * the way training does, times them, counts what they compute and allocate, and then looks, in
 * further steps that are not timed, at where the threads are; {@link
 * org.hopespark.model.bench.StepReport} holds the figures.
 */
package org.hopespark.model.bench;
