// SPDX-License-Identifier: Apache-2.0
/** Jobs. */
package org.hopespark.spark;
