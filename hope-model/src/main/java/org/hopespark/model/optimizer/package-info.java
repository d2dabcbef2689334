/**
 * From a level's averaged gradient to its new parameters: the norm is measured and cut, the rate
 * read off the global step, and the rule applied over the level's range. No object here keeps a
 * clock.
 */
package org.hopespark.model.optimizer;
