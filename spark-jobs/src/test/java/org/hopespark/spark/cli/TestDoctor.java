// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.hopespark.model.tensor.NativeBackend;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestDoctor {
  private final Map<String, String> properties =
      new HashMap<>(
          Map.of(
              "java.specification.version", "17", "java.version", "17.0.1", "java.vm.name", "VM"));
  private final Map<String, String> environment = new HashMap<>();
  private final Doctor doctor = new Doctor(properties::get, environment::get);

  @Test
  void asksForALaterJava() {
    assertThat(doctor.java().passed()).isTrue();
    properties.put("java.specification.version", "11");

    assertThat(doctor.java().fix()).isEqualTo("install a JDK 17 and set JAVA_HOME");
  }

  @Test
  void namesTheThreadSettingsThatAreNotOne() {
    Doctor.THREAD_SETTINGS.forEach(name -> environment.put(name, "1"));
    assertThat(doctor.threads().passed()).isTrue();
    environment.put("SD_MAX_THREADS", "8");
    environment.remove("OMP_NUM_THREADS");

    assertThat(doctor.threads().found()).isEqualTo("not 1: OMP_NUM_THREADS, SD_MAX_THREADS");
  }

  @Test
  void wantsAGigabyteOfHeap() {
    assertThat(doctor.heap(1L << 30).passed()).isTrue();
    assertThat(doctor.heap((1L << 30) - 1).fix()).isEqualTo("set HOPE_HEAP=3g");
  }

  @Test
  void wantsJavaCppsLimitOff() {
    assertThat(doctor.nativeMemory().passed()).isFalse();
    properties.put("org.bytedeco.javacpp.maxphysicalbytes", "0");

    assertThat(doctor.nativeMemory().passed()).isTrue();
  }

  @Test
  void takesKernelsWithoutAvxForAFault() {
    assertThat(Doctor.blas(backend("SkylakeX")))
        .isEqualTo(Check.ok("BLAS", "OPENBLAS, kernels for SkylakeX, 1 thread inside a product"));
    assertThat(Doctor.blas(backend("Prescott")).fix()).contains("OPENBLAS_CORETYPE");
  }

  private static NativeBackend backend(String core) {
    return new NativeBackend("CpuBackend", "OPENBLAS", core, 1, "/c");
  }

  @Test
  void wantsASparkHomeWithJarsAndRelease(@TempDir Path home) throws IOException {
    assertThat(doctor.sparkHome().found()).startsWith("not set");
    environment.put("SPARK_HOME", home.toString());
    assertThat(doctor.sparkHome().passed()).isFalse();
    Files.createDirectory(home.resolve("jars"));
    Files.createFile(home.resolve("RELEASE"));

    assertThat(doctor.sparkHome()).isEqualTo(Check.ok("SPARK_HOME", home.toString()));
  }

  @Test
  void namesANativeCacheThatIsNotThere(@TempDir Path directory) {
    assertThat(Doctor.nativeCache(directory.resolve("none")).fix())
        .contains("-Dorg.bytedeco.javacpp.cachedir");
  }
}
