// SPDX-License-Identifier: Apache-2.0
/**
 * What a run will cost, before it costs anything. {@link org.hopespark.spark.plan.Plan} joins a
 * configuration, numbers of workers and networks: {@link org.hopespark.spark.plan.LevelForecast}
 * says what every level sends, {@link org.hopespark.spark.plan.MemoryForecast} what a worker holds,
 * {@link org.hopespark.spark.plan.StepForecast} how long a step takes, by those bytes and by {@link
 * org.hopespark.spark.plan.Trips}, and {@link org.hopespark.spark.plan.UsualBatch} whether the core
 * level is updated often enough.
 */
package org.hopespark.spark.plan;
