/**
 * YAML text and {@code key=value} overrides become one tree, the tree becomes records that check
 * themselves, and the records print back the resolved configuration that a run stores. Every key
 * stands in exactly one record, with its default, range and meaning beside it.
 */
package org.hopespark.model.config;
