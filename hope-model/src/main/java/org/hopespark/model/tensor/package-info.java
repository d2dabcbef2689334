/**
 * Where numbers live and how they are multiplied: a {@link org.hopespark.model.tensor.Slab} is one
 * off-heap float32 array owned by ND4J, {@link org.hopespark.model.tensor.ParameterLayout} names
 * ranges of it, and {@link org.hopespark.model.tensor.Gemm} calls the OpenBLAS that ND4J loads, by
 * pointer. Everything between two products reads a tile of a slab into a {@code float[]}, computes,
 * and writes it back; this package alone touches the memory.
 */
package org.hopespark.model.tensor;
