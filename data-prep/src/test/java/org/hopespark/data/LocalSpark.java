// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data;

import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.hopespark.data.testing.MemoryFileSystem;

/** One Spark for all tests of the module: two threads, four shuffle partitions. */
final class LocalSpark {
  private static final SparkSession SESSION =
      SparkSession.builder()
          .master("local[2]")
          .appName("data-prep tests")
          .config("spark.ui.enabled", "false")
          .config("spark.sql.shuffle.partitions", "4")
          .config("spark.driver.host", "localhost")
          .config("spark.hadoop.fs.mem.impl", MemoryFileSystem.class.getName())
          .config("spark.sql.warehouse.dir", "target/spark-warehouse")
          .getOrCreate();

  private LocalSpark() {}

  static SparkSession session() {
    return SESSION;
  }

  static Configuration hadoop() {
    return SESSION.sessionState().newHadoopConf();
  }

  /**
   * Runs with another partitioning: that many shuffle partitions, and input cut finely where there
   * are many.
   */
  static <T> T withPartitions(int partitions, Supplier<T> body) {
    SESSION.conf().set("spark.sql.shuffle.partitions", Integer.toString(partitions));
    SESSION.conf().set("spark.sql.adaptive.enabled", "false");
    SESSION
        .conf()
        .set("spark.sql.files.maxPartitionBytes", Integer.toString(4_000_000 / partitions));
    SESSION.conf().set("spark.sql.files.openCostInBytes", "1");
    try {
      return body.get();
    } finally {
      SESSION.conf().set("spark.sql.shuffle.partitions", "4");
      SESSION.conf().unset("spark.sql.adaptive.enabled");
      SESSION.conf().unset("spark.sql.files.maxPartitionBytes");
      SESSION.conf().unset("spark.sql.files.openCostInBytes");
    }
  }
}
