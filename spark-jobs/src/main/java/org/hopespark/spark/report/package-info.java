// SPDX-License-Identifier: Apache-2.0
/**
 * Run directories and the page drawn from them. {@link org.hopespark.spark.report.RunDirectory}
 * reads what a run left behind (summary, metrics, data summary, evaluation, sample) into plain
 * records; {@link org.hopespark.spark.report.WriteReport} draws them as one self-contained HTML
 * file. Charts are inline SVG, every text is escaped, and nothing here knows Spark or a model.
 */
package org.hopespark.spark.report;
