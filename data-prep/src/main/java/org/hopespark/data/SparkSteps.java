// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data;

import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/** What the actions' steps have in common: a description in Spark's UI, and errors in our words. */
final class SparkSteps {
  private final SparkSession spark;

  SparkSteps(SparkSession spark) {
    this.spark = spark;
  }

  Configuration hadoop() {
    return spark.sessionState().newHadoopConf();
  }

  SerializableConfiguration serializableHadoop() {
    return new SerializableConfiguration(hadoop());
  }

  /** Runs one step; what a task found wrong with the data surfaces as it was thrown there. */
  <T> T run(String description, Supplier<T> step) {
    spark.sparkContext().setJobDescription(description);
    try {
      return step.get();
    } catch (Exception e) {
      // Scala throws SparkException, which is checked, past Java's checks.
      throw translated(description, e);
    } finally {
      spark.sparkContext().setJobDescription(null);
    }
  }

  private static RuntimeException translated(String description, Exception failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CorruptDataException || cause instanceof InvalidInputException) {
        return (RuntimeException) cause;
      }

      if (cause instanceof ChecksumException) {
        return new CorruptDataException(
            "Invalid file: " + cause.getMessage() + ". Restore the file or make it again.", cause);
      }
    }

    return failure instanceof RuntimeException unchecked
        ? unchecked
        : new IllegalStateException(
            "Cannot finish step [" + description + "]: " + failure.getMessage(), failure);
  }
}
