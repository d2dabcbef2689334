// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import org.hopespark.model.tensor.Matrix;

/**
 * One weight matrix of a memory at a chunk's border and, with momentum, the surprise S of its shape
 * that moves it; or the gradients of both.
 *
 * @param surprise null without momentum
 */
record Weight(Matrix value, Matrix surprise) {}
