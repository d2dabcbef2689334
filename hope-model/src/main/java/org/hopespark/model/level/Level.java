// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.level;

/**
 * A group of parameters that are updated together.
 *
 * @param index position among the levels, 0 is {@code core}
 * @param name as configured; {@code core} for everything outside CMS
 * @param period steps between two updates, C(l) of Eq. 71 in training chunks
 * @param offset first element of the level in the parameter slab
 * @param length number of elements, which is the number of parameters
 */
public record Level(int index, String name, int period, long offset, long length) {}
