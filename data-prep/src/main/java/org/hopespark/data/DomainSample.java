// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.dynatrace.hash4j.hashing.Hashing;
import java.io.Serializable;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Which documents are learnt from: of a domain with a weight w the share w, of all others every
 * one. A seeded hash of the document's id decides, so that the choice depends neither on partitions
 * nor on order, and a larger weight keeps all that a smaller one kept.
 */
final class DomainSample implements Serializable {
  private static final long serialVersionUID = 1L;

  private final TreeMap<String, Double> weights;
  private final long seed;

  /**
   * @param weights shares of documents by domain, from 0 to 1
   * @throws InvalidInputException for a weight out of range
   */
  DomainSample(Map<String, Double> weights, long seed) {
    this.weights = new TreeMap<>(weights);
    this.seed = seed;
    this.weights.forEach(
        (domain, weight) -> {
          if (!(weight >= 0 && weight <= 1)) {
            throw new InvalidInputException(
                "Invalid domain weight [%s=%s]: it is the share of the domain's documents, from 0 to 1. Give 0.5 for half of them."
                    .formatted(domain, weight));
          }
        });
  }

  /**
   * @throws InvalidInputException for a domain that the documents do not have
   */
  void requireKnown(Collection<String> domains) {
    for (String domain : weights.keySet()) {
      if (!domains.contains(domain)) {
        throw new InvalidInputException(
            "Invalid domain [%s]: no document has it. %s"
                .formatted(
                    domain, domains.isEmpty() ? "" : "Give " + nearest(domain, domains) + ".")
                .stripTrailing());
      }
    }
  }

  boolean keeps(String id, String domain) {
    Double weight = weights.get(domain);
    if (weight == null) {
      return true;
    }

    // The upper 53 bits as a number in [0, 1).
    long hash = Hashing.xxh3_64(seed).hashBytesToLong(id.getBytes(UTF_8));
    return (hash >>> 11) * 0x1p-53 < weight;
  }

  private static String nearest(String domain, Collection<String> domains) {
    UTF8String given = UTF8String.fromString(domain);
    return domains.stream()
        .min(
            Comparator.<String>comparingInt(
                    known -> given.levenshteinDistance(UTF8String.fromString(known)))
                .thenComparing(Comparator.naturalOrder()))
        .orElseThrow();
  }
}
