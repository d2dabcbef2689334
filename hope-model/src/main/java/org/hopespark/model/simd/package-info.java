/**
 * The arithmetic between the products, in two implementations: plain Java, and the Vector API in a
 * source root of its own ({@code src/main/java-vector}), because it is an incubator module that a
 * JVM has only when asked. {@link org.hopespark.model.simd.RowMaths} chooses one per process.
 */
package org.hopespark.model.simd;
