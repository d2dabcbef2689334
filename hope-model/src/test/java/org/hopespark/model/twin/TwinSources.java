// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.twin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The sources of the product's tensors, kernels and layers in double. Rewritten as they stand but
 * for what approximates on purpose: {@link #REPLACED} are exact in test resources (and the choice
 * of kernels is the plain ones, which are part of these sources), {@link #EXACT} are constants that
 * float32 rounds.
 */
final class TwinSources {
  static final List<String> PACKAGES = List.of("tensor", "simd", "kernel", "layer");
  static final List<String> REPLACED =
      List.of("simd.Exponential", "simd.Logistic", "simd.RowMaths");
  static final Map<String, Map<String, String>> EXACT =
      Map.of("kernel.Gelu", Map.of("0.7978846f", "0.7978845608028654"));

  private static final Path MAIN = Path.of("src", "main", "java", "org", "hopespark", "model");

  private TwinSources() {}

  /** Sources in double by class name. */
  static Map<String, String> all() {
    Map<String, String> sources = new TreeMap<>();
    for (String part : PACKAGES) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(MAIN.resolve(part), "*.java")) {
        for (Path file : files) {
          String name = part + "." + file.getFileName().toString().replace(".java", "");
          if (!name.endsWith("package-info")) {
            sources.put("org.hopespark.model.twin." + name, source(name, Files.readString(file)));
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return sources;
  }

  private static String source(String name, String original) throws IOException {
    if (REPLACED.contains(name)) {
      String simple = name.substring(name.indexOf('.') + 1);
      try (InputStream in = TwinSources.class.getResourceAsStream(simple + ".java.txt")) {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      }
    }
    String exact = original;
    for (Map.Entry<String, String> constant : EXACT.getOrDefault(name, Map.of()).entrySet()) {
      assertThat(exact).as(name).containsOnlyOnce(constant.getKey());
      exact = exact.replace(constant.getKey(), constant.getValue());
    }
    return DoubleSource.rewrite(exact);
  }
}
