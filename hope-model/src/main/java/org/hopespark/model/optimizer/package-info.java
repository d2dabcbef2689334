/**
 * From a level's averaged gradient to its new parameters: the level is divided by its rule, the
 * norm is measured and cut, the rate read off the global step, and the rule applied over what is
 * owned of the level. No object here keeps a clock.
 */
package org.hopespark.model.optimizer;
