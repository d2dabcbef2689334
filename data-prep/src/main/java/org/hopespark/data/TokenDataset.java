// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.hopespark.data.shard.DatasetManifest;
import org.hopespark.data.shard.ShardSummary;
import org.hopespark.data.shard.TokenShard;
import org.hopespark.data.store.FileDigest;
import org.hopespark.data.store.Manifest;
import org.hopespark.data.store.Storage;

/**
 * The tokens of a data set, for whoever trains or measures on them; no Spark session is needed.
 * Local shards are mapped into memory, others are held in direct memory. Safe for many threads
 * until it is closed.
 */
public final class TokenDataset implements AutoCloseable {
  private final DatasetManifest manifest;
  private final byte[] tokenizerJson;
  private final Map<String, List<TokenShard>> shards;

  private TokenDataset(
      DatasetManifest manifest, byte[] tokenizerJson, Map<String, List<TokenShard>> shards) {
    this.manifest = manifest;
    this.tokenizerJson = tokenizerJson;
    this.shards = shards;
  }

  /**
   * Opens a finished data set and compares every shard's XXH3-128 with the manifest.
   *
   * @throws InvalidInputException for a directory without a manifest of a data set
   * @throws CorruptDataException naming a file that is not as the manifest says
   */
  public static TokenDataset open(Configuration hadoop, String dir) {
    Path directory = Storage.qualified(hadoop, dir);
    DatasetManifest manifest =
        Manifest.read(hadoop, directory, DatasetManifest.FORMAT, DatasetManifest.class);
    Map<String, List<TokenShard>> shards = new LinkedHashMap<>();
    manifest
        .splits()
        .forEach(
            (name, split) -> {
              List<TokenShard> opened = new ArrayList<>();
              for (ShardSummary shard : split.shards()) {
                opened.add(TokenShard.open(hadoop, directory, shard));
              }

              shards.put(name, opened);
            });
    return new TokenDataset(manifest, tokenizerJson(hadoop, directory, manifest), shards);
  }

  /** sha256 over the digests of the shards: equal ids mean equal tokens in equal order. */
  public String datasetId() {
    return manifest.datasetId();
  }

  public int vocabularySize() {
    return manifest.vocabularySize();
  }

  public int endOfTextId() {
    return manifest.endOfTextId();
  }

  /** The tokenizer that made the tokens, as its file. */
  public byte[] tokenizerJson() {
    return tokenizerJson.clone();
  }

  /** Tokens of a split, end-of-text tokens included. */
  public long tokens(String split) {
    return split(split).tokens();
  }

  /** Bytes of UTF-8 text behind the tokens, by split. */
  public Map<String, Long> textBytes() {
    return manifest.bytesBySplit();
  }

  /**
   * Number of windows of {@code length + 1} tokens at a stride of {@code length}. Windows may cross
   * documents and never shards; at most {@code length} tokens at the end of a shard are in none.
   */
  public long windows(String split, int length) {
    split(split);
    long windows = 0;
    for (TokenShard shard : shards.get(split)) {
      windows += windows(shard, length);
    }

    return windows;
  }

  /**
   * Copies a window: {@code length + 1} ids to {@code destination} from {@code at} on.
   *
   * @param index from 0 to {@code windows(split, length) - 1}
   */
  public void window(String split, long index, int length, int[] destination, int at) {
    split(split);
    long left = index;
    for (TokenShard shard : shards.get(split)) {
      long windows = windows(shard, length);
      if (left >= 0 && left < windows) {
        shard.copy(left * length, length + 1, destination, at);
        return;
      }

      left -= windows;
    }

    throw new IndexOutOfBoundsException(
        "Invalid window [" + index + "]: split " + split + " has " + windows(split, length));
  }

  /** How often each id of the vocabulary occurs in a split. */
  public long[] tokenCounts(String split) {
    split(split);
    long[] counts = new long[vocabularySize()];
    for (TokenShard shard : shards.get(split)) {
      shard.count(counts);
    }

    return counts;
  }

  /** Lets go of the shards; their memory is returned with the next collection of garbage. */
  @Override
  public void close() {
    shards.clear();
  }

  private static long windows(TokenShard shard, int length) {
    if (length < 1) {
      throw new IllegalArgumentException(
          "Invalid window length [" + length + "]: it has to be at least 1");
    }

    return (shard.tokens() - 1) / length;
  }

  private DatasetManifest.Split split(String name) {
    if (!shards.containsKey(name)) {
      throw new IllegalArgumentException(
          "Invalid split [" + name + "]: the open data set has " + shards.keySet());
    }

    return manifest.splits().get(name);
  }

  private static byte[] tokenizerJson(
      Configuration hadoop, Path directory, DatasetManifest manifest) {
    for (FileDigest file : manifest.files()) {
      if (file.name().equals(DatasetManifest.TOKENIZER)) {
        file.verify(hadoop, directory);
        return Storage.readListed(hadoop, new Path(directory, file.name()));
      }
    }

    throw new CorruptDataException(
        "Missing tokenizer ["
            + Storage.display(new Path(directory, DatasetManifest.TOKENIZER))
            + "]: the manifest does not list it. Make the shards again.");
  }
}
