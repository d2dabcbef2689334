// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.twin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** That the double twin of the product's sources is what it claims. */
class TestDoubleSource {
  @Test
  void noSourceOfTheTwinHoldsAFloat() {
    Map<String, String> sources = TwinSources.all();
    assertThat(sources)
        .containsKeys(
            "org.hopespark.model.twin.tensor.Gemm",
            "org.hopespark.model.twin.kernel.MemoryWrite",
            "org.hopespark.model.twin.layer.BlockNetwork");
    sources.forEach(
        (name, source) -> assertThat(DoubleSource.remainders(source)).as(name).isEmpty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "float x;",
        "x = 1f;",
        "x = 1.5e-3F;",
        "x = .5f;",
        "x = a.floatValue();",
        "asFloatBuffer()",
        "cblas_saxpy(1)",
        "Float.MAX_VALUE",
        "random.nextFloat()",
        "VectorOperators.FLOAT"
      })
  void aFloatThatIsLeftIsFound(String source) {
    assertThat(DoubleSource.remainders(source)).hasSize(1);
  }

  @Test
  void wordsAndLiteralsChangeAndTextStays() {
    String source =
        "package org.hopespark.model.kernel; /* float */ float[] x = {1f, 2.5e-3f, 0x1f, 7, 1L}; "
            + "String s = \"a float 1f // no comment\"; // float\nchar c = '\"'; cblas_sgemm(x);";
    assertThat(DoubleSource.rewrite(source))
        .isEqualTo(
            "package org.hopespark.model.twin.kernel;   double[] x = {1d, 2.5e-3d, 0x1f, 7, 1L}; "
                + "String s = \"a float 1f // no comment\";  \nchar c = '\"'; cblas_dgemm(x);");
  }

  @Test
  void onlyApproximationsAreReplaced() {
    assertThat(TwinSources.REPLACED)
        .isEqualTo(List.of("simd.Exponential", "simd.Logistic", "simd.RowMaths"));
    TwinSources.REPLACED.forEach(
        name -> assertThat(TwinSources.all()).containsKey("org.hopespark.model.twin." + name));
  }
}
