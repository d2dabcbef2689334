// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction1;

/**
 * The only place that speaks Scala: a barrier stage, which Spark offers no Java face for. All tasks
 * start together or none does, and one that fails ends them all.
 */
final class GangJob {
  private GangJob() {}

  /** What every task runs. */
  interface Work<T> extends Serializable {
    T run(BarrierTaskContext context);
  }

  /** Runs {@code work} as {@code size} tasks at once and returns their results by partition. */
  static <T> List<T> run(JavaSparkContext spark, int size, Class<T> type, Work<T> work) {
    List<Integer> partitions = new ArrayList<>();
    for (int partition = 0; partition < size; partition++) {
      partitions.add(partition);
    }
    ClassTag<T> tag = ClassTag$.MODULE$.apply(type);
    RDD<T> results =
        spark
            .parallelize(partitions, size)
            .rdd()
            .barrier()
            .mapPartitions(new Task<>(work), /* preservesPartitioning= */ false, tag);
    return new JavaRDD<>(results, tag).collect();
  }

  private static final class Task<T> extends AbstractFunction1<Iterator<Integer>, Iterator<T>>
      implements Serializable {
    private static final long serialVersionUID = 1L;

    private final Work<T> work;

    Task(Work<T> work) {
      this.work = work;
    }

    @Override
    public Iterator<T> apply(Iterator<Integer> partition) {
      T result = work.run(BarrierTaskContext.get());
      return CollectionConverters.asScala(List.of(result).iterator());
    }
  }
}
