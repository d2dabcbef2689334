// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.Partition;
import org.apache.spark.TaskContext;
import org.apache.spark.rdd.RDD;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;

/**
 * One partition per rank, computed where the rank's memory is: Spark offers a stage's place to Java
 * in no other way. After a shuffle it would choose the executor from which it has to fetch least.
 */
final class RoundRdd<A, B> extends RDD<B> {
  private static final long serialVersionUID = 1L;

  /** What a rank does with what has come for it. */
  interface Work<A, B> extends Serializable {
    Iterator<B> run(int rank, Iterator<A> input);
  }

  private final Work<A, B> work;
  private final transient List<String> places;

  /**
   * @param places by rank, as {@link #place} names them; empty where any executor will do
   */
  RoundRdd(RDD<A> parent, Class<B> type, List<String> places, Work<A, B> work) {
    super(parent, ClassTag$.MODULE$.apply(type));
    this.work = work;
    this.places = places;
  }

  /** An executor in the words of Spark's scheduler. */
  static String place(String host, String executor) {
    return "executor_%s_%s".formatted(host, executor);
  }

  @Override
  public Partition[] getPartitions() {
    return parent().partitions();
  }

  @Override
  public Seq<String> getPreferredLocations(Partition split) {
    List<String> here = places.isEmpty() ? List.of() : List.of(places.get(split.index()));
    return CollectionConverters.asScala(here).toList();
  }

  @Override
  public scala.collection.Iterator<B> compute(Partition split, TaskContext context) {
    scala.collection.Iterator<A> input = parent().iterator(split, context);
    return CollectionConverters.asScala(
        work.run(split.index(), CollectionConverters.asJava(input)));
  }

  @SuppressWarnings("unchecked") // There is one parent, the constructor's.
  private RDD<A> parent() {
    return (RDD<A>) dependencies().head().rdd();
  }
}
