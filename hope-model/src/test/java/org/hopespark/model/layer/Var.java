// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.layer;

import java.util.ArrayList;
import java.util.List;

/**
 * A float64 number that knows what it was computed from: reverse-mode differentiation of a program
 * over scalars, exact to rounding. What depends on no variable of a {@link Tape} is a constant and
 * remembers nothing.
 */
final class Var {
  final double value;
  private final Tape tape;
  private final Var[] inputs;
  private final double[] slopes;
  private double gradient;

  private Var(double value, Tape tape, Var[] inputs, double[] slopes) {
    this.value = value;
    this.tape = tape;
    this.inputs = inputs;
    this.slopes = slopes;
  }

  /** The variables of one program and everything computed from them, in order. */
  static final class Tape {
    private final List<Var> nodes = new ArrayList<>();

    Var variable(double value) {
      Var variable = new Var(value, this, new Var[0], new double[0]);
      nodes.add(variable);
      return variable;
    }

    /** Computes the derivative of {@code output} with respect to everything on the tape. */
    void differentiate(Var output) {
      output.gradient = 1;
      for (int i = nodes.size() - 1; i >= 0; i--) {
        Var node = nodes.get(i);
        for (int j = 0; j < node.inputs.length; j++) {
          node.inputs[j].gradient += node.slopes[j] * node.gradient;
        }
      }
    }
  }

  static Var constant(double value) {
    return new Var(value, null, null, null);
  }

  /** The derivative of the output that was differentiated last with respect to this. */
  double gradient() {
    return gradient;
  }

  private static Var of(double value, Var a, double slope) {
    return a.tape == null
        ? constant(value)
        : recorded(a.tape, value, new Var[] {a}, new double[] {slope});
  }

  private static Var of(double value, Var a, double slopeA, Var b, double slopeB) {
    Tape tape = a.tape != null ? a.tape : b.tape;
    return tape == null
        ? constant(value)
        : recorded(tape, value, new Var[] {a, b}, new double[] {slopeA, slopeB});
  }

  private static Var recorded(Tape tape, double value, Var[] inputs, double[] slopes) {
    Var result = new Var(value, tape, inputs, slopes);
    tape.nodes.add(result);
    return result;
  }

  Var plus(Var other) {
    return of(value + other.value, this, 1, other, 1);
  }

  Var minus(Var other) {
    return of(value - other.value, this, 1, other, -1);
  }

  Var times(Var other) {
    return of(value * other.value, this, other.value, other, value);
  }

  Var over(Var other) {
    double quotient = value / other.value;
    return of(quotient, this, 1 / other.value, other, -quotient / other.value);
  }

  Var plus(double other) {
    return of(value + other, this, 1);
  }

  Var times(double other) {
    return of(value * other, this, other);
  }

  Var exp() {
    double e = Math.exp(value);
    return of(e, this, e);
  }

  Var log() {
    return of(Math.log(value), this, 1 / value);
  }

  Var sqrt() {
    double root = Math.sqrt(value);
    return of(root, this, 0.5 / root);
  }

  Var tanh() {
    double tanh = Math.tanh(value);
    return of(tanh, this, 1 - tanh * tanh);
  }

  /** The larger of this and a number. */
  Var max(double other) {
    return value > other ? this : constant(other);
  }

  /** {@code 1 / (1 + exp(-this))}. */
  Var logistic() {
    return constant(1).over(times(-1).exp().plus(1));
  }

  static Var sum(Var[] terms) {
    double sum = 0;
    Tape tape = null;
    double[] slopes = new double[terms.length];
    for (int i = 0; i < terms.length; i++) {
      sum += terms[i].value;
      slopes[i] = 1;
      tape = terms[i].tape != null ? terms[i].tape : tape;
    }
    return tape == null ? constant(sum) : recorded(tape, sum, terms.clone(), slopes);
  }

  static Var dot(Var[] a, Var[] b) {
    double sum = 0;
    Tape tape = null;
    for (int i = 0; i < a.length; i++) {
      sum += a[i].value * b[i].value;
      tape = a[i].tape != null ? a[i].tape : b[i].tape != null ? b[i].tape : tape;
    }
    if (tape == null) {
      return constant(sum);
    }
    Var[] inputs = new Var[2 * a.length];
    double[] slopes = new double[2 * a.length];
    for (int i = 0; i < a.length; i++) {
      inputs[i] = a[i];
      slopes[i] = b[i].value;
      inputs[a.length + i] = b[i];
      slopes[a.length + i] = a[i].value;
    }
    return recorded(tape, sum, inputs, slopes);
  }
}
