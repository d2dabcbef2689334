// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.session;

import java.io.IOException;
import java.io.Serializable;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
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
 * Messages from executors to the driver, over Spark's own authenticated connection, and {@link
 * Gauges} in both. Loaded by {@code spark.plugins}; where it is not, messages go nowhere. Most are
 * for display only; what {@link #deliver} brings is known to have arrived.
 */
public final class HopePlugin implements SparkPlugin {
  private static final Logger LOG = LoggerFactory.getLogger(HopePlugin.class);
  private static final AtomicReference<PluginContext> EXECUTOR = new AtomicReference<>();
  private static final Set<Consumer<Object>> SUBSCRIBERS = new CopyOnWriteArraySet<>();

  /** Whether messages go anywhere from this process. */
  public static boolean isLoaded() {
    return EXECUTOR.get() != null;
  }

  /** On an executor: sends {@code message} to the driver's subscribers, without waiting. */
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

  /**
   * On an executor: returns when the driver's subscribers have taken {@code message}.
   *
   * @throws IOException if that is not known
   */
  public static void deliver(Serializable message) throws IOException {
    PluginContext context = EXECUTOR.get();
    if (context == null) {
      throw new IOException("Cannot report to the driver: this executor is about to end.");
    }
    try {
      var unused = context.ask(message);
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("Cannot report to the driver: " + e.getMessage(), e);
    }
  }

  /** On the driver: {@code subscriber} receives every message from now on. */
  public static void subscribe(Consumer<Object> subscriber) {
    SUBSCRIBERS.add(subscriber);
  }

  /** Ends what {@link #subscribe} began. */
  public static void unsubscribe(Consumer<Object> subscriber) {
    SUBSCRIBERS.remove(subscriber);
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
      SUBSCRIBERS.forEach(subscriber -> subscriber.accept(message));
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
