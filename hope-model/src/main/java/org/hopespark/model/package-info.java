// SPDX-License-Identifier: Apache-2.0
/** The model. */
package org.hopespark.model;
