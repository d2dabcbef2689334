// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.session;

import java.io.IOException;
import java.io.Serializable;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.spark.SparkContext;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages from running tasks to the driver, over Spark's own authenticated connection, and {@link
 * Gauges} in both. Loaded by {@code spark.plugins}; where it is not, messages go nowhere. They are
 * for display only: nothing that decides a result travels here.
 */
public final class HopePlugin implements SparkPlugin {
  private static final Logger LOG = LoggerFactory.getLogger(HopePlugin.class);
  private static final AtomicReference<PluginContext> EXECUTOR = new AtomicReference<>();
  private static final AtomicReference<Consumer<Object>> SUBSCRIBER = new AtomicReference<>();

  /** On an executor: sends {@code message} to the driver's subscriber, without waiting. */
  public static void send(Serializable message) {
    PluginContext context = EXECUTOR.get();
    if (context == null) {
      return;
    }
    try {
      context.send(message);
    } catch (IOException e) {
      LOG.warn("Cannot report to the driver: {}", e.getMessage());
    }
  }

  /** On the driver: {@code subscriber} receives every message from now on, and nobody else. */
  public static void subscribe(Consumer<Object> subscriber) {
    SUBSCRIBER.set(subscriber);
  }

  /** Ends what {@link #subscribe} began. */
  public static void unsubscribe() {
    SUBSCRIBER.set(null);
  }

  @Override
  public DriverPlugin driverPlugin() {
    return new Driver();
  }

  @Override
  public ExecutorPlugin executorPlugin() {
    return new Executor();
  }

  private static final class Driver implements DriverPlugin {
    @Override
    public Map<String, String> init(SparkContext context, PluginContext pluginContext) {
      return Map.of();
    }

    @Override
    public void registerMetrics(String appId, PluginContext pluginContext) {
      Gauges.driver().bind(pluginContext.metricRegistry(), "run.step");
    }

    @Override
    public Object receive(Object message) {
      Consumer<Object> subscriber = SUBSCRIBER.get();
      if (subscriber != null) {
        subscriber.accept(message);
      }
      return null;
    }
  }

  private static final class Executor implements ExecutorPlugin {
    private PluginContext context;

    @Override
    public void init(PluginContext pluginContext, Map<String, String> extraConf) {
      context = pluginContext;
      EXECUTOR.set(pluginContext);
      Gauges.executor().bind(pluginContext.metricRegistry(), "worker.step");
    }

    @Override
    public void shutdown() {
      EXECUTOR.compareAndSet(context, null);
    }
  }
}
