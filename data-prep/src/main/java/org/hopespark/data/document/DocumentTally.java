// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.document;

import com.dynatrace.hash4j.hashing.HashStream128;
import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hashing;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * Sums over documents: counts, and a digest of their content that does not depend on their order,
 * namely the sum of the documents' 128-bit hashes in two independent 64-bit halves.
 */
public final class DocumentTally implements Serializable {
  private static final long serialVersionUID = 1L;

  private final TreeMap<String, Long> documentsBySplit = new TreeMap<>();
  private final TreeMap<String, Long> bytesBySplit = new TreeMap<>();
  private final TreeMap<String, Long> documentsByDomain = new TreeMap<>();
  private long digestHigh;
  private long digestLow;

  /**
   * @param text UTF-8
   */
  public void add(String id, String domain, byte[] text, String split) {
    documentsBySplit.merge(split, 1L, Long::sum);
    bytesBySplit.merge(split, (long) text.length, Long::sum);
    documentsByDomain.merge(domain, 1L, Long::sum);
    HashStream128 hash = Hashing.xxh3_128().hashStream();
    for (String field : new String[] {id, domain, split}) {
      byte[] bytes = field.getBytes(StandardCharsets.UTF_8);
      hash.putLong(bytes.length).putBytes(bytes);
    }

    HashValue128 value = hash.putLong(text.length).putBytes(text).get();
    digestHigh += value.getMostSignificantBits();
    digestLow += value.getLeastSignificantBits();
  }

  public void merge(DocumentTally other) {
    other.documentsBySplit.forEach((split, n) -> documentsBySplit.merge(split, n, Long::sum));
    other.bytesBySplit.forEach((split, n) -> bytesBySplit.merge(split, n, Long::sum));
    other.documentsByDomain.forEach((domain, n) -> documentsByDomain.merge(domain, n, Long::sum));
    digestHigh += other.digestHigh;
    digestLow += other.digestLow;
  }

  public long documents() {
    return documentsBySplit.values().stream().mapToLong(Long::longValue).sum();
  }

  public Map<String, Long> documentsBySplit() {
    return documentsBySplit;
  }

  public Map<String, Long> bytesBySplit() {
    return bytesBySplit;
  }

  public Map<String, Long> documentsByDomain() {
    return documentsByDomain;
  }

  /** 32 hex digits that name the documents and their splits, whatever files hold them. */
  public String digest() {
    return String.format("%016x%016x", digestHigh, digestLow);
  }
}
