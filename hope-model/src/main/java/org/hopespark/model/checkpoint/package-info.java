/**
 * Named tensors as safetensors files: a header of names, shapes and byte ranges, then packed
 * little-endian float32. The writer gives the same bytes for the same tensors; the reader believes
 * nothing that it has not checked.
 */
package org.hopespark.model.checkpoint;
