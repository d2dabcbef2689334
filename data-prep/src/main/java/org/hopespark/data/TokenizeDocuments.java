// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.hopespark.data.document.DocumentsManifest;
import org.hopespark.data.shard.DatasetManifest;
import org.hopespark.data.shard.HuggingFaceFiles;
import org.hopespark.data.shard.ShardFormat;
import org.hopespark.data.shard.ShardPlan;
import org.hopespark.data.shard.ShardSummary;
import org.hopespark.data.store.FileDigest;
import org.hopespark.data.store.Manifest;
import org.hopespark.data.store.OutputDirectory;
import org.hopespark.data.store.Storage;
import org.hopespark.tokenizer.Tokenizer;

/**
 * Turns documents into shards of tokens: Arrow IPC streams with one document per row, end-of-text
 * last, and a manifest.
 *
 * <p>Documents of a split stand in the order of their ids, which are hashes; which shard they go to
 * follows from sums over ranges of ids. So the same documents, tokenizer and shard size give the
 * same shard bytes on any partitioning. Run again on the same it finds its manifest and does
 * nothing.
 */
public final class TokenizeDocuments {
  private static final long DEFAULT_SHARD_BYTES = 256L << 20;
  private static final long MIN_SHARD_BYTES = 1 << 10;

  /** Java maps at most 2^31 - 1 bytes; the rest is for what stands beside the rows. */
  private static final long MAX_SHARD_BYTES = 1900L << 20;

  private final SparkSession spark;
  private final SparkSteps steps;
  private String input;
  private String tokenizerFile;
  private String output;
  private long shardBytes = DEFAULT_SHARD_BYTES;

  public TokenizeDocuments(SparkSession spark) {
    this.spark = spark;
    this.steps = new SparkSteps(spark);
  }

  /** Directory of documents. */
  public TokenizeDocuments input(String documentsDir) {
    this.input = documentsDir;
    return this;
  }

  /** Tokenizer in Hugging Face's tokenizer.json format. */
  public TokenizeDocuments tokenizer(String file) {
    this.tokenizerFile = file;
    return this;
  }

  /** Directory to make; it must not hold anything else. */
  public TokenizeDocuments output(String dir) {
    this.output = dir;
    return this;
  }

  /** Size at which a shard is closed, 1 KiB to 1.9 GiB; 256 MiB by default. */
  public TokenizeDocuments shardBytes(long bytes) {
    this.shardBytes = bytes;
    return this;
  }

  /**
   * @throws InvalidInputException for a directory that holds no documents, a missing tokenizer, or
   *     an output that holds something else
   * @throws CorruptDataException if documents are not as their manifest says
   */
  public TokenizeResult execute() {
    validate();
    Path documents = Storage.qualified(steps.hadoop(), input);
    DocumentsManifest source = DocumentsManifest.open(steps.hadoop(), documents);
    byte[] json = tokenizerJson();
    Tokenizer tokenizer = Tokenizer.read(new ByteArrayInputStream(json));
    OutputDirectory directory = new OutputDirectory(steps.hadoop(), output, "shards");
    DatasetManifest.Config config = new DatasetManifest.Config(shardBytes);
    DatasetManifest.Inputs inputs =
        new DatasetManifest.Inputs(
            source.documentsId(),
            source.documents(),
            tokenizer.digest(),
            Tokenizer.unicodeTableDigest());
    if (isFinished(directory.path())) {
      DatasetManifest manifest = DatasetManifest.open(steps.hadoop(), directory.path());
      if (manifest.config().equals(config) && manifest.inputs().equals(inputs)) {
        return result(directory.path(), manifest, /* reused= */ true);
      }
    }

    directory.begin();
    try {
      DatasetManifest manifest =
          write(directory, documents, source, new SharedTokenizer(json), config, inputs);
      directory.commit(manifest, names(manifest));
      return result(directory.path(), manifest, /* reused= */ false);
    } catch (RuntimeException | Error e) {
      directory.discard(e);
      throw e;
    }
  }

  private void validate() {
    if (input == null || tokenizerFile == null || output == null) {
      throw new InvalidInputException(
          "Missing path []: documents, a tokenizer and an output are needed. Give all three.");
    }

    if (shardBytes < MIN_SHARD_BYTES || shardBytes > MAX_SHARD_BYTES) {
      throw new InvalidInputException(
          "Invalid shard size ["
              + shardBytes
              + "]: it has to be from "
              + MIN_SHARD_BYTES
              + " to "
              + MAX_SHARD_BYTES
              + " bytes. Give "
              + DEFAULT_SHARD_BYTES
              + " unless there is a reason.");
    }
  }

  private byte[] tokenizerJson() {
    Path path = Storage.qualified(steps.hadoop(), tokenizerFile);
    try (InputStream in = Storage.fileSystem(steps.hadoop(), path).open(path)) {
      return in.readAllBytes();
    } catch (FileNotFoundException e) {
      throw new InvalidInputException(
          "Missing tokenizer [" + tokenizerFile + "]: no such file. Train one or give its path.",
          e);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read [" + tokenizerFile + "]", e);
    }
  }

  private boolean isFinished(Path directory) {
    return Manifest.format(steps.hadoop(), directory)
        .filter(DatasetManifest.FORMAT::equals)
        .isPresent();
  }

  private DatasetManifest write(
      OutputDirectory directory,
      Path documents,
      DocumentsManifest source,
      SharedTokenizer tokenizer,
      DatasetManifest.Config config,
      DatasetManifest.Inputs inputs) {
    ShardFormat format =
        new ShardFormat(
            tokenizer.value().vocabularySize(),
            tokenizer.value().endOfTextId(),
            inputs.tokenizerSha256(),
            source.documentsByDomain().keySet().stream().sorted().toList());
    TokenRows rows = new TokenRows(spark, format);
    Dataset<Row> tokens =
        rows.encode(DocumentFiles.read(spark, source.paths(documents)), tokenizer)
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      TokenRows.Planned planned =
          steps.run(
              "Encoding the documents of " + input, () -> rows.plan(tokens, source, shardBytes));
      ShardPlan plan = planned.plan();
      List<ShardSummary> shards =
          steps.run(
              "Writing " + plan.numShards() + " shards to " + output,
              () -> rows.write(tokens, plan, directory, steps.serializableHadoop()));
      return manifest(
          directory,
          source,
          format,
          tokenizer.value(),
          shards,
          planned.specialTexts(),
          config,
          inputs);
    } finally {
      tokens.unpersist(/* blocking= */ false);
    }
  }

  private static DatasetManifest manifest(
      OutputDirectory directory,
      DocumentsManifest source,
      ShardFormat format,
      Tokenizer tokenizer,
      List<ShardSummary> shards,
      long specialTexts,
      DatasetManifest.Config config,
      DatasetManifest.Inputs inputs) {
    Map<String, DatasetManifest.Split> splits = new LinkedHashMap<>();
    for (String split : Splits.ALL) {
      splits.put(
          split,
          DatasetManifest.Split.of(
              shards.stream().filter(shard -> shard.split().equals(split)).toList(),
              source.bytesBySplit().getOrDefault(split, 0L)));
    }

    List<FileDigest> files = new ArrayList<>();
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    tokenizer.write(json);
    files.add(directory.write(DatasetManifest.TOKENIZER, json.toByteArray()));
    files.addAll(HuggingFaceFiles.write(directory, splits));
    return new DatasetManifest(
        DatasetManifest.FORMAT,
        DatasetManifest.datasetId(splits),
        format.vocabularySize(),
        format.endOfTextId(),
        format.width().label(),
        format.domains(),
        splits,
        specialTexts,
        files,
        config,
        inputs,
        CodeVersion.current());
  }

  private static Set<String> names(DatasetManifest manifest) {
    return manifest.allFiles().stream().map(FileDigest::name).collect(Collectors.toSet());
  }

  private static TokenizeResult result(Path directory, DatasetManifest manifest, boolean reused) {
    return new TokenizeResult(
        Storage.display(directory),
        reused,
        manifest.documentsBySplit(),
        manifest.tokensBySplit(),
        manifest.bytesBySplit(),
        manifest.numShards(),
        manifest.specialTexts(),
        manifest.datasetId());
  }
}
