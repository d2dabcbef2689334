// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What a person reads about one configuration key, and the value it has when nobody sets it. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Key {
  /** The key where it is not the kebab-case form of the record component. */
  String name() default "";

  /** The default, as YAML. */
  String defaultValue();

  /** The values allowed, in words. */
  String range();

  /** One sentence of meaning. */
  String description();
}
