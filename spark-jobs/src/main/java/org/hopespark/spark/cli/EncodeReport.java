// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

/**
 * The figures of measured encoding; field names are those of {@code hope bench --tokenizer --json}.
 *
 * @param vocabularySize number of ids
 * @param documents lines of the input
 * @param bytes of all documents, without their line feeds
 * @param tokens ids of all documents
 * @param bytesPerToken of the whole input
 * @param threads that encoded, each taking the next few documents
 * @param warmupPasses passes over the input before the timed ones
 * @param timedPasses passes that were timed, each with a tokenizer that has seen no text before
 * @param bytesPerSecond in the median pass
 * @param bytesPerSecondMin in the slowest timed pass
 * @param bytesPerSecondMax in the fastest
 * @param firstPassBytesPerSecond in the very first pass, while the JVM still compiled
 * @param allocatedBytesPerMegabyte allocated on the heap by the encoding threads per 10^6 bytes of
 *     text, in the median pass, without the encoder that each thread makes before its first text:
 *     scratch space and the buffer of ids as they grow to the longest document
 */
record EncodeReport(
    int vocabularySize,
    long documents,
    long bytes,
    long tokens,
    double bytesPerToken,
    int threads,
    int warmupPasses,
    int timedPasses,
    double bytesPerSecond,
    double bytesPerSecondMin,
    double bytesPerSecondMax,
    double firstPassBytesPerSecond,
    double allocatedBytesPerMegabyte) {}
