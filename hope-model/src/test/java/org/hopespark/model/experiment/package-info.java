// SPDX-License-Identifier: Apache-2.0
/**
 * Experiments that need no corpus: a task draws its own sequences, and a main class trains the
 * production replica on them. Each prints JSON lines; docs/experiments.md says what came out.
 */
package org.hopespark.model.experiment;
