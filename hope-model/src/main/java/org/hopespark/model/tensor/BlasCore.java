// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.tensor;

import java.util.List;
import java.util.Locale;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * The kind of CPU whose kernels OpenBLAS took. Its presets leave out {@code openblas_get_corename},
 * so this does what that function does: {@code gotoblas} points to the table of kernels in use, and
 * every kind has a table of its own.
 */
public final class BlasCore {
  /** In place of a name, where the library has no such tables. */
  public static final String UNKNOWN = "an unknown CPU";

  /** Spelled as {@code OPENBLAS_CORETYPE} takes them; all that OpenBLAS 0.3.19 knows on x86-64. */
  private static final List<String> NAMES =
      List.of(
          "Prescott",
          "Core2",
          "Nehalem",
          "Sandybridge",
          "Haswell",
          "SkylakeX",
          "Cooperlake",
          "Barcelona",
          "Bulldozer",
          "Piledriver",
          "Steamroller",
          "Excavator",
          "Zen");

  private BlasCore() {}

  /** The name, or {@link #UNKNOWN}. Loads the library if that has not been done. */
  public static String name() {
    BlasThreads.current();
    Pointer variable = Loader.addressof("gotoblas");
    if (variable == null) {
      return UNKNOWN;
    }
    long inUse = new PointerPointer<Pointer>(variable).get(0).address();
    for (String name : NAMES) {
      Pointer table = Loader.addressof("gotoblas_" + name.toUpperCase(Locale.ROOT));
      if (table != null && table.address() == inUse) {
        return name;
      }
    }
    return UNKNOWN;
  }
}
