/**
 * Forward and backward of everything between two large products, one idea a file, forward first. A
 * kernel reads tiles of a window, computes in plain loops and writes them back; it keeps row
 * buffers of its own, so an instance belongs to one thread. Gradients with respect to parameters
 * and shared inputs are added to what is there; all other outputs are overwritten.
 *
 * <p>Shapes in comments: C chunk, D stream width, T tokens of one sequence, d head width, h hidden
 * width of a memory, V vocabulary.
 */
package org.hopespark.model.kernel;
