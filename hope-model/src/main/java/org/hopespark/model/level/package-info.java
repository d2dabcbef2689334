/**
 * The clock of the Continuum Memory System (Eq. 71): which contiguous range of the parameters
 * belongs to which level, and at which steps that range changes. Both are pure functions of the
 * configuration and the step.
 */
package org.hopespark.model.level;
