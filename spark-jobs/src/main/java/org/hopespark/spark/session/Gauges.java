// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.session;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Figures of a process that go wherever Spark's metrics go: JMX, Prometheus, files. A name is a
 * gauge from its first value on; before a {@link HopePlugin} is loaded values go nowhere.
 */
public final class Gauges {
  private static final Gauges DRIVER = new Gauges();
  private static final Gauges EXECUTOR = new Gauges();

  private final ConcurrentMap<String, Double> values = new ConcurrentHashMap<>();
  private MetricRegistry registry;

  private Gauges() {}

  /** Those of the driver, {@code run.*}. */
  public static Gauges driver() {
    return DRIVER;
  }

  /**
   * Those of an executor, {@code worker.*}; in local mode the same process, so names have to
   * differ.
   */
  public static Gauges executor() {
    return EXECUTOR;
  }

  /**
   * Starts again in a new Spark context.
   *
   * @param first name of a gauge that is there at once: Spark leaves out plugins without any
   */
  synchronized void bind(MetricRegistry newRegistry, String first) {
    values.clear();
    registry = newRegistry;
    set(first, 0);
  }

  /** Shows {@code value} from now on. */
  public synchronized void set(String name, double value) {
    if (registry != null && values.put(name, value) == null) {
      registry.register(name, (Gauge<Double>) () -> values.getOrDefault(name, Double.NaN));
    }
  }
}
