// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.hadoop.util.VersionInfo;
import org.apache.spark.package$;
import org.hopespark.model.simd.RowMaths;
import org.hopespark.model.tensor.NativeBackend;
import org.hopespark.spark.report.Numbers;

/** Looks at what a run depends on, and says how to mend what is not as it should be. */
final class Doctor {
  static final List<String> THREAD_SETTINGS =
      List.of("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "SD_MAX_THREADS", "SD_MASTER_THREADS");

  private static final int LEAST_JAVA = 17;
  private static final long LEAST_HEAP_BYTES = 1L << 30;
  private static final long CACHE_BYTES = 400L << 20;
  private static final String BLAS_FALLBACK = "Prescott";
  private static final String USE_LAUNCHER = "start it through ./hope";

  /** Packages of java.base that Spark and Arrow reach into, the ones whose absence is met first. */
  private static final List<String> OPENED =
      List.of(
          "java.lang",
          "java.lang.invoke",
          "java.nio",
          "java.util",
          "java.util.concurrent",
          "sun.nio.ch",
          "sun.util.calendar");

  private final UnaryOperator<String> properties;
  private final UnaryOperator<String> environment;

  /** Takes lookups of system properties and environment variables, null for what is not set. */
  Doctor(UnaryOperator<String> properties, UnaryOperator<String> environment) {
    this.properties = properties;
    this.environment = environment;
  }

  List<Check> checks() {
    List<Check> checks = new ArrayList<>();
    checks.add(java());
    checks.add(openModules());
    checks.add(cores(Runtime.getRuntime().availableProcessors()));
    checks.add(heap(Runtime.getRuntime().maxMemory()));
    checks.add(threads());
    checks.add(nativeMemory());
    checks.addAll(tensors());
    checks.add(
        Check.ok(
            "Spark",
            "%s, Scala %s, Hadoop %s"
                .formatted(
                    package$.MODULE$.SPARK_VERSION(),
                    scala.util.Properties.versionNumberString(),
                    VersionInfo.getVersion())));
    checks.add(sparkHome());
    checks.add(arrow());
    checks.add(hostName());
    return checks;
  }

  Check java() {
    String version = properties.apply("java.specification.version");
    String found =
        "%s, %s".formatted(properties.apply("java.version"), properties.apply("java.vm.name"));
    return Integer.parseInt(version) >= LEAST_JAVA
        ? Check.ok("Java", found)
        : Check.failed("Java", found, "install a JDK 17 and set JAVA_HOME");
  }

  /** A single worker with one task takes them all, as {@code ./hope train --workers 1} does. */
  static Check cores(int cores) {
    return Check.ok(
        "cores",
        "%s; one worker trains on as many threads, at most one per virtual shard"
            .formatted(Numbers.count(cores)));
  }

  private static Check openModules() {
    Module base = Object.class.getModule();
    List<String> closed =
        OPENED.stream().filter(name -> !base.isOpen(name, Doctor.class.getModule())).toList();
    return closed.isEmpty()
        ? Check.ok("open modules", "as Spark and Arrow need them")
        : Check.failed(
            "open modules",
            "closed: " + String.join(", ", closed),
            USE_LAUNCHER + ", or copy spark_options from the file hope");
  }

  Check heap(long maxBytes) {
    String found = Numbers.bytes(maxBytes) + " at most";
    return maxBytes >= LEAST_HEAP_BYTES
        ? Check.ok("Java heap", found)
        : Check.failed("Java heap", found, "set HOPE_HEAP=3g");
  }

  Check threads() {
    List<String> wrong =
        THREAD_SETTINGS.stream().filter(name -> !"1".equals(environment.apply(name))).toList();
    return wrong.isEmpty()
        ? Check.ok("thread settings", "1 each: " + String.join(", ", THREAD_SETTINGS))
        : Check.failed(
            "thread settings",
            "not 1: " + String.join(", ", wrong),
            USE_LAUNCHER + ", or export each of them as 1");
  }

  Check nativeMemory() {
    String limit = properties.apply("org.bytedeco.javacpp.maxphysicalbytes");
    return "0".equals(limit)
        ? Check.ok("native memory", "not limited by JavaCPP")
        : Check.failed(
            "native memory",
            "limited by JavaCPP to its default",
            USE_LAUNCHER + ", or pass -Dorg.bytedeco.javacpp.maxphysicalbytes=0");
  }

  private static List<Check> tensors() {
    NativeBackend backend;
    try {
      backend = NativeBackend.load();
    } catch (LinkageError | RuntimeException e) {
      return List.of(
          Check.failed(
              "tensors",
              Failure.of(e).line(),
              "look at the native cache (~/.javacpp/cache), remove it, and try again"));
    }

    return List.of(
        Check.ok("tensors", backend.backend()),
        blas(backend),
        kernels(),
        nativeCache(Path.of(backend.cacheDirectory())));
  }

  /** A CPU that OpenBLAS does not know gets kernels without AVX. */
  static Check blas(NativeBackend backend) {
    String found =
        "%s, kernels for %s, %d thread inside a product"
            .formatted(backend.blas(), backend.blasCore(), backend.blasThreads());
    return backend.blasCore().equals(BLAS_FALLBACK)
        ? Check.failed(
            "BLAS",
            found,
            USE_LAUNCHER
                + ", or set OPENBLAS_CORETYPE=SkylakeX (a CPU with AVX-512) or Haswell (with AVX2)")
        : Check.ok("BLAS", found);
  }

  /** What runs between the products; a forced choice that cannot be had is a fault. */
  private static Check kernels() {
    try {
      return Check.ok("kernels", RowMaths.chosen().name());
    } catch (LinkageError e) {
      return Check.failed(
          "kernels",
          Failure.of(e).line(),
          "%s, or set HOPE_JAVA_OPTIONS=-D%s=plain".formatted(USE_LAUNCHER, RowMaths.PROPERTY));
    }
  }

  static Check nativeCache(Path cache) {
    try {
      long free = Files.getFileStore(cache).getUsableSpace();
      String found = "%s, %s free".formatted(cache, Numbers.bytes(free));
      return free >= CACHE_BYTES && Files.isWritable(cache)
          ? Check.ok("native cache", found)
          : Check.failed(
              "native cache",
              found,
              "make room, or name another directory with HOPE_JAVA_OPTIONS=-Dorg.bytedeco.javacpp.cachedir=DIR");
    } catch (IOException e) {
      return Check.failed(
          "native cache",
          cache + " cannot be read",
          "name another directory with HOPE_JAVA_OPTIONS=-Dorg.bytedeco.javacpp.cachedir=DIR");
    }
  }

  Check sparkHome() {
    String home = environment.apply("SPARK_HOME");
    if (home == null) {
      return Check.failed(
          "SPARK_HOME",
          "not set; executor processes cannot be started",
          USE_LAUNCHER + ", or set SPARK_HOME to an installation of Spark");
    }

    boolean isUsable =
        Files.isDirectory(Path.of(home, "jars")) && Files.exists(Path.of(home, "RELEASE"));
    return isUsable
        ? Check.ok("SPARK_HOME", home)
        : Check.failed(
            "SPARK_HOME",
            home + " has no jars/ or no RELEASE",
            "unset it and " + USE_LAUNCHER + ", which makes its own");
  }

  /** Arrow refuses every release of FlatBuffers but its own, and ND4J would bring another. */
  private static Check arrow() {
    try {
      String version =
          Class.forName("org.apache.arrow.vector.IntVector")
              .getPackage()
              .getImplementationVersion();
      Class.forName("com.google.flatbuffers.Constants").getMethod("FLATBUFFERS_24_3_25");
      return Check.ok("Arrow", version + ", FlatBuffers fit");
    } catch (ClassNotFoundException | NoSuchMethodException e) {
      return Check.failed(
          "Arrow",
          "missing, or beside another FlatBuffers than 24.3.25",
          USE_LAUNCHER + ", or remove other flatbuffers-java jars from the class path");
    }
  }

  private static Check hostName() {
    try {
      return Check.ok("host name", InetAddress.getLocalHost().getHostName() + " resolves");
    } catch (UnknownHostException e) {
      return Check.failed(
          "host name",
          "does not resolve",
          "export SPARK_LOCAL_IP=127.0.0.1, or add the name to /etc/hosts");
    }
  }
}
