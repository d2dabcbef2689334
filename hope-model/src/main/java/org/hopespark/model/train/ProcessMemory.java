// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.train;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** Memory of this process as the operating system counts it. */
public final class ProcessMemory {
  private static final Path STATUS = Path.of("/proc/self/status");

  private ProcessMemory() {}

  /** Largest resident set so far, in bytes; 0 where the system does not tell. */
  public static long peakBytes() {
    return bytes("VmHWM:");
  }

  /** Resident set now, in bytes; 0 where the system does not tell. */
  public static long residentBytes() {
    return bytes("VmRSS:");
  }

  /**
   * What this process may use besides its Java heap: physical memory, or the limit of its container
   * where that is lower, less the most that the heap may grow to.
   */
  public static long limitBesideHeap() {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return Math.max(0, system.getTotalMemorySize() - Runtime.getRuntime().maxMemory());
  }

  private static long bytes(String field) {
    try {
      return bytes(field, Files.readString(STATUS));
    } catch (IOException e) {
      return 0;
    }
  }

  static long bytes(String field, String status) {
    return status
        .lines()
        .filter(line -> line.startsWith(field))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
        .findFirst()
        .orElse(0);
  }
}
