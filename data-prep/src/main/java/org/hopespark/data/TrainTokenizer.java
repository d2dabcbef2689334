// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data;

import static org.apache.spark.sql.functions.col;

import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.hopespark.data.document.DocumentRows;
import org.hopespark.data.document.DocumentsManifest;
import org.hopespark.data.store.Checksum;
import org.hopespark.data.store.Json;
import org.hopespark.data.store.Storage;
import org.hopespark.data.store.WholeFile;
import org.hopespark.tokenizer.BpeTrainer;
import org.hopespark.tokenizer.MergeListener;
import org.hopespark.tokenizer.PieceCounter;
import org.hopespark.tokenizer.Tokenizer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains a byte-level BPE tokenizer on the split {@code train} of documents: executors count
 * pre-tokens within a limit of memory, Spark's shuffle sums the counts and spills, the driver takes
 * the sums one partition after the other and learns the merges. Sums do not depend on partitions,
 * so neither does the tokenizer. A report, with tokens of the split {@code validation}, is written
 * beside it.
 */
public final class TrainTokenizer {
  /** 256 bytes and the end-of-text token. */
  private static final int MIN_VOCABULARY = 257;

  private static final int MAX_VOCABULARY = 1 << 20;

  /** What the counter of a task may take; a larger one would only hand fewer rows on. */
  private static final long COUNTER_BYTES = 32L << 20;

  private static final String JSON = ".json";
  private static final String REPORT = ".report.json";
  private static final Logger LOG = LoggerFactory.getLogger(TrainTokenizer.class);

  private final SparkSession spark;
  private final SparkSteps steps;
  private String input;
  private String output;
  private int vocabularySize;
  private List<String> specialTokens = List.of();
  private long minFrequency;
  private int maxTokenLength;
  private int maxPieceBytes = 256;
  private Map<String, Double> domainWeights = Map.of();
  private long seed;
  private MergeListener listener = (merges, mostMerges, count) -> {};
  private long counterBytes = COUNTER_BYTES;

  public TrainTokenizer(SparkSession spark) {
    this.spark = spark;
    this.steps = new SparkSteps(spark);
  }

  /** Directory of documents. */
  public TrainTokenizer input(String documentsDir) {
    this.input = documentsDir;
    return this;
  }

  /** Ids of the tokenizer: 256 bytes, the end-of-text token and merges. */
  public TrainTokenizer vocabularySize(int size) {
    this.vocabularySize = size;
    return this;
  }

  /** File to write, in Hugging Face's tokenizer.json format. */
  public TrainTokenizer output(String file) {
    this.output = file;
    return this;
  }

  /** Special tokens behind {@code <|endoftext|>}, in the order of their ids; default none. */
  public TrainTokenizer specialTokens(List<String> tokens) {
    this.specialTokens = List.copyOf(tokens);
    return this;
  }

  /** Pairs that occur less often do not merge; default 0. */
  public TrainTokenizer minFrequency(long frequency) {
    this.minFrequency = frequency;
    return this;
  }

  /**
   * Tokens of more than two bytes are shorter than this, as Hugging Face's {@code max_token_length}
   * has it; default 0, no limit.
   */
  public TrainTokenizer maxTokenLength(int bytes) {
    this.maxTokenLength = bytes;
    return this;
  }

  /**
   * Longer pre-tokens (Base64, text without blanks) are left out and counted; default 256, 0 for
   * none.
   */
  public TrainTokenizer maxPieceBytes(int bytes) {
    this.maxPieceBytes = bytes;
    return this;
  }

  /** Share of a domain's documents to learn from, from 0 to 1; of other domains all. */
  public TrainTokenizer domainWeights(Map<String, Double> weights) {
    this.domainWeights = Map.copyOf(weights);
    return this;
  }

  /** Decides, with a document's id, whether it is in the sample; default 0. */
  public TrainTokenizer seed(long value) {
    this.seed = value;
    return this;
  }

  /** Who is told of every merge, on this thread. */
  public TrainTokenizer listener(MergeListener mergeListener) {
    this.listener = mergeListener;
    return this;
  }

  /** What the counter of a task may take. */
  TrainTokenizer counterBytes(long bytes) {
    this.counterBytes = bytes;
    return this;
  }

  /**
   * @throws InvalidInputException for a directory that holds no documents, a setting out of range,
   *     a domain that no document has, or another tokenizer in the place of the output
   */
  public TrainTokenizerResult execute() {
    validate();
    DomainSample sample = new DomainSample(domainWeights, seed);
    Path directory = Storage.qualified(steps.hadoop(), input);
    DocumentsManifest manifest = DocumentsManifest.open(steps.hadoop(), directory);
    sample.requireKnown(manifest.documentsByDomain().keySet());
    BpeTrainer trainer =
        new BpeTrainer(vocabularySize)
            .specialTokens(specialTokens)
            .minFrequency(minFrequency)
            .maxTokenLength(maxTokenLength == 0 ? Integer.MAX_VALUE : maxTokenLength)
            .listener(listener);
    PieceSums sums = count(manifest, directory, sample, trainer);
    Tokenizer tokenizer = trainer.train();
    if (trainer.largestPairCount() > Integer.MAX_VALUE) {
      LOG.warn(
          "A pair occurs {} times: Hugging Face's trainer, which counts in 32 bits, would learn other merges.",
          trainer.largestPairCount());
    }

    byte[] json = json(tokenizer);
    write(json);
    TokenizerReport report =
        new TokenizerReport(
            TokenizerReport.FORMAT,
            Checksum.sha256(json),
            manifest.documentsId(),
            tokenizer.vocabularySize(),
            config(),
            sums.learntFrom(),
            sums.pieces(),
            sums.distinctPieces(),
            sums.longPieces(),
            sums.longPieceBytes(),
            trainer.largestPairCount(),
            heldOut(manifest.paths(directory), json),
            CodeVersion.current());
    return new TrainTokenizerResult(output, writeReport(report), report);
  }

  private void validate() {
    if (input == null) {
      throw new InvalidInputException("Missing input []: a directory of documents is needed.");
    }

    if (output == null) {
      throw new InvalidInputException("Missing output []: a file is needed. Give a path.");
    }

    if (vocabularySize < MIN_VOCABULARY + specialTokens.size() || vocabularySize > MAX_VOCABULARY) {
      throw new InvalidInputException(
          "Invalid vocabulary size [%d]: it has to be from %d (256 bytes and the special tokens) to %d. Give 8192 for a small model."
              .formatted(vocabularySize, MIN_VOCABULARY + specialTokens.size(), MAX_VOCABULARY));
    }

    requireNotNegative("max piece bytes", maxPieceBytes, "0 for no limit");
    requireNotNegative("max token length", maxTokenLength, "0 for no limit");
    requireNotNegative("min frequency", minFrequency, "0 to merge every pair");
    for (String token : specialTokens) {
      if (BpeTrainer.isSpeltByText(token)) {
        throw new InvalidInputException(
            "Invalid special token [%s]: merges can spell it, so plain text would hold its id. Give one like <|%s|>."
                .formatted(token, token));
      }
    }
  }

  private static void requireNotNegative(String name, long value, String remedy) {
    if (value < 0) {
      throw new InvalidInputException(
          "Invalid %s [%d]: it is not negative. Give %s.".formatted(name, value, remedy));
    }
  }

  private TokenizerReport.Config config() {
    return new TokenizerReport.Config(
        TokenizerReport.HUGGING_FACE_ORDER,
        vocabularySize,
        specialTokens,
        minFrequency,
        maxTokenLength,
        maxPieceBytes,
        domainWeights,
        seed);
  }

  private PieceSums count(
      DocumentsManifest manifest, Path directory, DomainSample sample, BpeTrainer trainer) {
    int maxBytes = maxPieceBytes == 0 ? Integer.MAX_VALUE : maxPieceBytes;
    long memory = counterBytes;
    Dataset<Row> train =
        DocumentFiles.read(spark, manifest.paths(directory))
            .filter(col(DocumentRows.SPLIT).equalTo(Splits.TRAIN));
    PieceSums sums = new PieceSums(trainer);
    return steps.run(
        "Counting the pieces of " + input,
        () ->
            sums.collect(
                train,
                manifest.bytesBySplit().getOrDefault(Splits.TRAIN, 0L),
                documents ->
                    new PieceCounts(documents, sample, new PieceCounter(maxBytes, memory))));
  }

  private Map<String, TokenizerReport.HeldOut> heldOut(String[] paths, byte[] json) {
    HeldOutTokens tokens = new HeldOutTokens(new SharedTokenizer(json));
    return steps.run(
        "Encoding what " + output + " was not learnt from", () -> tokens.count(spark, paths));
  }

  private static byte[] json(Tokenizer tokenizer) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    tokenizer.write(bytes);
    return bytes.toByteArray();
  }

  private void write(byte[] json) {
    Path path = Storage.qualified(steps.hadoop(), output);
    FileSystem fileSystem = Storage.fileSystem(steps.hadoop(), path);
    try {
      fileSystem.mkdirs(path.getParent());
      boolean created = WholeFile.createIfAbsent(steps.hadoop(), path, json);
      if (!created && !isSame(fileSystem, path, json)) {
        throw new InvalidInputException(
            "Cannot write tokenizer to ["
                + output
                + "]: something else is there. Give another output file or delete this one.");
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write [" + output + "]", e);
    }
  }

  /** The report of a tokenizer that was there already is replaced: it tells of this run. */
  private String writeReport(TokenizerReport report) {
    String stem =
        output.endsWith(JSON) ? output.substring(0, output.length() - JSON.length()) : output;
    String file = stem + REPORT;
    Path path = Storage.qualified(steps.hadoop(), file);
    FileSystem fileSystem = Storage.fileSystem(steps.hadoop(), path);
    byte[] bytes = Json.bytes(report);
    try {
      if (fileSystem.exists(path) && !isSame(fileSystem, path, bytes)) {
        fileSystem.delete(path, /* recursive= */ false);
      }
      WholeFile.createIfAbsent(steps.hadoop(), path, bytes);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write [" + file + "]", e);
    }
  }

  private static boolean isSame(FileSystem fileSystem, Path path, byte[] bytes) throws IOException {
    if (fileSystem.getFileStatus(path).isDirectory()) {
      return false;
    }

    try (InputStream in = fileSystem.open(path)) {
      return Arrays.equals(in.readAllBytes(), bytes);
    } catch (FileNotFoundException e) {
      return false;
    }
  }
}
