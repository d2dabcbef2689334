// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.train;

import java.io.IOException;
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
