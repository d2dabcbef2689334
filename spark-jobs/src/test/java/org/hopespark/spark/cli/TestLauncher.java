// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hopespark.model.simd.RowMaths;
import org.junit.jupiter.api.Test;

class TestLauncher {
  /** Tests run in the module's directory. */
  private static final Path ROOT = Path.of("..");

  @Test
  void passesTheSameOptionsAsTheTestsRunWith() throws IOException {
    String pom = find(ROOT.resolve("pom.xml"), "<spark.jvm.options>(.*?)</spark.jvm.options>");
    String launcher = find(ROOT.resolve("hope"), "spark_options=\\((.*?)\\n\\)");

    assertThat(words(launcher)).isEqualTo(words(pom));
  }

  @Test
  void passesTheVectorKernelsTheSameOptionsAsExecutorsGet() throws IOException {
    String pom = find(ROOT.resolve("pom.xml"), "<vector.jvm.options>(.*?)</vector.jvm.options>");
    String launcher =
        find(ROOT.resolve("hope"), "vector_options=\\(\\n(.*?)\\n *\\)").replace("'", "");

    assertThat(words(launcher)).isEqualTo(words(pom)).isEqualTo(words(RowMaths.JVM_OPTIONS));
  }

  private static String find(Path file, String pattern) throws IOException {
    Matcher matcher = Pattern.compile(pattern, Pattern.DOTALL).matcher(Files.readString(file));
    assertThat(matcher.find()).as("%s in %s", pattern, file).isTrue();
    return matcher.group(1);
  }

  private static List<String> words(String text) {
    return Arrays.asList(text.strip().split("\\s+"));
  }
}
