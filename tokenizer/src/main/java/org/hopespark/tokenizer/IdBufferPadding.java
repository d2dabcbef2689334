// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

/**
 * 128 bytes before the fields of an {@link IdBuffer}. Its size is written for every id; were the
 * buffers of two threads neighbours, as a garbage collection may lay them, each would take the
 * other's cache line away. The JVM lays the fields of a superclass first.
 */
@SuppressWarnings("unused")
class IdBufferPadding {
  long gap00;
  long gap01;
  long gap02;
  long gap03;
  long gap04;
  long gap05;
  long gap06;
  long gap07;
  long gap08;
  long gap09;
  long gap10;
  long gap11;
  long gap12;
  long gap13;
  long gap14;
  long gap15;
}
