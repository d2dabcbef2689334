// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.shard;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.hopespark.data.store.Checksum;
import org.hopespark.data.store.FileDigest;
import org.hopespark.data.store.Manifest;

/**
 * What a directory of shards promises.
 *
 * @param datasetId sha256 over the sorted sha256 of all shards
 * @param specialTexts how often the text of a special token stood in documents; encoded as ordinary
 *     text
 * @param files what is listed beside shards and indexes: the tokenizer and Hugging Face's files
 */
public record DatasetManifest(
    String format,
    String datasetId,
    int vocabularySize,
    int endOfTextId,
    String dtype,
    List<String> domains,
    Map<String, Split> splits,
    long specialTexts,
    List<FileDigest> files,
    Config config,
    Inputs inputs,
    String codeVersion) {
  public static final String FORMAT = "hope-dataset-2";
  public static final String TOKENIZER = "tokenizer/tokenizer.json";

  /** The configuration that, with the inputs, decides the bytes. */
  public record Config(long shardBytes) {}

  /**
   * @param documentsId digest of the documents, the same on any partitioning of them
   * @param tokenizerSha256 of the tokenizer as it is written
   * @param unicodeTableSha256 of the table of classes by which text was split
   */
  public record Inputs(
      String documentsId, long documents, String tokenizerSha256, String unicodeTableSha256) {}

  /**
   * @param textBytes UTF-8 bytes of the texts behind the tokens
   * @param tokensSha256 sha256 over the shards' {@code tokensSha256} (32 bytes each), in order, so
   *     that shards can be hashed side by side
   */
  public record Split(
      long documents,
      long tokens,
      long textBytes,
      String tokensSha256,
      SortedMap<String, Long> tokensByDomain,
      List<ShardSummary> shards) {
    /** Sums up the shards of one split. */
    public static Split of(List<ShardSummary> unordered, long textBytes) {
      List<ShardSummary> shards = new ArrayList<>(unordered);
      shards.sort(Comparator.comparingInt(ShardSummary::ordinal));
      MessageDigest sha256 = Checksum.sha256();
      SortedMap<String, Long> tokensByDomain = new TreeMap<>();
      long documents = 0;
      long tokens = 0;
      for (ShardSummary shard : shards) {
        documents += shard.documents();
        tokens += shard.tokens();
        sha256.update(HexFormat.of().parseHex(shard.tokensSha256()));
        shard.tokensByDomain().forEach((name, n) -> tokensByDomain.merge(name, n, Long::sum));
      }

      return new Split(
          documents,
          tokens,
          textBytes,
          Checksum.hex(sha256.digest()),
          tokensByDomain,
          List.copyOf(shards));
    }
  }

  /**
   * Reads the manifest of a finished directory and looks whether its files are there.
   *
   * @throws org.hopespark.data.InvalidInputException for a directory that holds no shards
   * @throws org.hopespark.data.CorruptDataException if a file is missing or has another size
   */
  public static DatasetManifest open(Configuration hadoop, Path directory) {
    DatasetManifest manifest = Manifest.read(hadoop, directory, FORMAT, DatasetManifest.class);
    manifest.allFiles().forEach(file -> file.verifySize(hadoop, directory));
    return manifest;
  }

  /** The name of the whole from the digests of its parts. */
  public static String datasetId(Map<String, Split> splits) {
    MessageDigest sha256 = Checksum.sha256();
    splits.values().stream()
        .flatMap(split -> split.shards().stream())
        .map(shard -> shard.file().sha256())
        .sorted()
        .forEach(digest -> sha256.update(HexFormat.of().parseHex(digest)));
    return Checksum.hex(sha256.digest());
  }

  public ShardFormat shardFormat() {
    return new ShardFormat(vocabularySize, endOfTextId, inputs.tokenizerSha256(), domains);
  }

  /** Every file that the manifest lists. */
  public List<FileDigest> allFiles() {
    List<FileDigest> all = new ArrayList<>();
    for (Split split : splits.values()) {
      for (ShardSummary shard : split.shards()) {
        all.add(shard.file());
        all.add(shard.index());
      }
    }

    all.addAll(files);
    return all;
  }

  public Map<String, Long> documentsBySplit() {
    Map<String, Long> counts = new LinkedHashMap<>();
    splits.forEach((name, split) -> counts.put(name, split.documents()));
    return counts;
  }

  public Map<String, Long> tokensBySplit() {
    Map<String, Long> counts = new LinkedHashMap<>();
    splits.forEach((name, split) -> counts.put(name, split.tokens()));
    return counts;
  }

  public Map<String, Long> bytesBySplit() {
    Map<String, Long> counts = new LinkedHashMap<>();
    splits.forEach((name, split) -> counts.put(name, split.textBytes()));
    return counts;
  }

  public int numShards() {
    return splits.values().stream().mapToInt(split -> split.shards().size()).sum();
  }
}
