// SPDX-License-Identifier: Apache-2.0
/**
 * How commands come to a Spark session: {@link org.hopespark.spark.session.Sessions} settles what a
 * gang of workers needs and what people need not see, for an embedded Spark and for clusters alike.
 * {@link org.hopespark.spark.session.HopePlugin} rides along in every process and carries small
 * messages from running tasks to the driver; {@link org.hopespark.spark.session.Gauges} shows
 * figures to Spark's metrics system.
 */
package org.hopespark.spark.session;
