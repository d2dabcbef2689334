// SPDX-License-Identifier: Apache-2.0
/** Documents and shards. */
package org.hopespark.data;
