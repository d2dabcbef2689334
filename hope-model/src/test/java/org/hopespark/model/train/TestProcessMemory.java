// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.train;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TestProcessMemory {
  @Test
  void fieldsAreReadInKibibytes() {
    String status = "VmPeak:\t  9 kB\nVmHWM:\t  1024 kB\nVmRSS:\t  512 kB\n";

    assertThat(ProcessMemory.bytes("VmHWM:", status)).isEqualTo(1 << 20);
    assertThat(ProcessMemory.bytes("VmRSS:", status)).isEqualTo(1 << 19);
    assertThat(ProcessMemory.bytes("VmHWM:", "Name: x\n")).isZero();
  }
}
