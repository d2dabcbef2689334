// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TestNumbers {
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "0;0",
        "999;999",
        "1000;1,000",
        "-1234567;-1,234,567",
        "9223372036854775807;9,223,372,036,854,775,807"
      })
  void separatesThousands(long value, String text) {
    assertThat(Numbers.count(value)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "0,0 B",
    "1023,'1,023 B'",
    "1024,1.0 KiB",
    "1536,1.5 KiB",
    "1048576,1.0 MiB",
    "1610612736,1.5 GiB"
  })
  void usesTheLargestBinaryUnitThatKeepsTheFigureAboveOne(long bytes, String text) {
    assertThat(Numbers.bytes(bytes)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "0.04,0.0 s",
    "59.94,59.9 s",
    "60,1 min 00 s",
    "185.4,3 min 05 s",
    "3600,1 h 00 min",
    "7629,2 h 07 min"
  })
  void showsDurationsInTwoUnits(double seconds, String text) {
    assertThat(Numbers.duration(seconds)).isEqualTo(text);
  }

  @Test
  void showsWhatIsNoNumberAsADash() {
    assertThat(Numbers.decimal(Double.NaN, 2)).isEqualTo("-");
  }

  @ParameterizedTest
  @CsvSource({"0.25,0.05,0.25", "-0.0,0.5,0.0", "1500,500,'1,500'", "7,1,7", "0.3,0.1,0.3"})
  void labelsTicksWithTheDecimalsOfTheirDistance(double value, double step, String text) {
    assertThat(Numbers.tick(value, step)).isEqualTo(text);
  }

  @Test
  void writesTheSameFiguresUnderEveryLocale() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.GERMANY);
      assertThat(Numbers.decimal(1234.5, 1)).isEqualTo("1,234.5");
      assertThat(Numbers.bytes(1536)).isEqualTo("1.5 KiB");
    } finally {
      Locale.setDefault(before);
    }
  }
}
