/**
 * HOPE as a language model on one worker: a {@link org.hopespark.model.config.RunConfig} fixes the
 * layout of the parameters, {@link org.hopespark.model.train.Replica} turns token ids into
 * gradients and updates level by level, and {@link org.hopespark.model.LanguageModel} scores and
 * generates text from a checkpoint. Nothing here knows Spark.
 */
package org.hopespark.model;
