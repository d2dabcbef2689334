// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.report;

/**
 * What {@code sample.json} says: text that the model wrote.
 *
 * @param prompt text given
 * @param continuation text written after it
 * @param temperature sampling temperature, 0 for the likeliest token each time
 * @param topK tokens to choose from, 0 for all
 * @param seed seed of the choice
 */
public record TextSample(
    String prompt, String continuation, double temperature, int topK, long seed) {}
