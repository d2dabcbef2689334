// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.bench;

import java.util.List;

/**
 * The figures of one measured configuration; field names are those of {@code hope bench --json}.
 *
 * @param architecture {@code model.architecture}
 * @param parameters number of parameters
 * @param threads Java threads that worked, each on one virtual shard at a time
 * @param blasCore kind of CPU whose kernels OpenBLAS took
 * @param blasThreads threads inside a product, read back
 * @param kernels kernels between the products, as they were chosen
 * @param warmupSteps steps before the timed ones
 * @param timedSteps steps that were timed
 * @param tokensPerStep targets of one step
 * @param stepSeconds time of a step: median, shortest, longest, mean
 * @param tokensPerSecond {@code tokensPerStep} over the median step
 * @param tokensPerSecondMin over the longest step
 * @param tokensPerSecondMax over the shortest step
 * @param sgemmPeak floating point operations per second of large square products on as many threads
 *     at once, in this process: the better of before and after the steps
 * @param flopsPerStep floating point operations of all products and triangular solves of a step as
 *     executed, also those that the backward pass computes again; work between products counts
 *     nothing
 * @param modelFlopsPerStep three times those of one forward pass, which needs none twice
 * @param sgemmPeakShare {@code flopsPerStep} per second of the median step, over {@code sgemmPeak}
 * @param modelFlopsShare the same of {@code modelFlopsPerStep}
 * @param bytesAllocatedPerStep Java heap that the threads of a step took, median; the Vector API
 *     takes much until the kernels are compiled, which shows if the warm-up was short
 * @param peakRssBytes largest resident set of the process until the end of the timed steps, 0 where
 *     the system does not tell
 * @param samples looks at the threads behind {@code groups}
 * @param groups where the time went, largest first
 * @param waitingShare share of the threads' time in which they waited for each other or for work
 */
public record StepReport(
    String architecture,
    long parameters,
    int threads,
    String blasCore,
    int blasThreads,
    String kernels,
    int warmupSteps,
    int timedSteps,
    long tokensPerStep,
    Seconds stepSeconds,
    double tokensPerSecond,
    double tokensPerSecondMin,
    double tokensPerSecondMax,
    double sgemmPeak,
    double flopsPerStep,
    double modelFlopsPerStep,
    double sgemmPeakShare,
    double modelFlopsShare,
    long bytesAllocatedPerStep,
    long peakRssBytes,
    long samples,
    List<GroupTime> groups,
    double waitingShare) {

  /** Times of steps. */
  public record Seconds(double median, double min, double max, double mean) {}

  /**
   * Share of the working threads' time in one group of kernels.
   *
   * @param name what the group does
   * @param share of the time, of which
   * @param products in products and triangular solves
   * @param copies in copies between native memory and the heap
   * @param loops in everything else
   */
  public record GroupTime(
      String name, double share, double products, double copies, double loops) {}
}
