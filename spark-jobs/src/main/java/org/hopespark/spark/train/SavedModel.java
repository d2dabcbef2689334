// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.hopespark.data.store.FileDigest;
import org.hopespark.data.store.Manifest;
import org.hopespark.data.store.Storage;
import org.hopespark.model.LanguageModel;
import org.hopespark.model.config.RunConfig;
import org.hopespark.spark.InvalidUsageException;
import org.hopespark.tokenizer.Tokenizer;

/**
 * The model of a committed checkpoint, for those who do not train. Every file is held against the
 * manifest while it is read; a {@link org.hopespark.model.CorruptCheckpointException} names one
 * that was altered.
 */
public final class SavedModel {
  private final Configuration hadoop;
  private final Path directory;
  private final CheckpointManifest manifest;

  private SavedModel(Configuration hadoop, Path directory) {
    this.hadoop = hadoop;
    this.directory = directory;
    this.manifest = CheckpointManifest.read(hadoop, directory);
  }

  /** Whether {@code path} is the directory of a committed checkpoint. */
  public static boolean isCheckpoint(Configuration hadoop, String path) throws IOException {
    return isCheckpoint(hadoop, Storage.qualified(hadoop, path));
  }

  private static boolean isCheckpoint(Configuration hadoop, Path directory) throws IOException {
    FileSystem fileSystem = Storage.fileSystem(hadoop, directory);
    return fileSystem.exists(new Path(directory, Manifest.NAME))
        && fileSystem.exists(new Path(directory, CheckpointManifest.MODEL));
  }

  /**
   * Finds a checkpoint: the directory itself, or the newest one of the run whose output it is.
   *
   * @throws InvalidUsageException if there is none
   */
  public static SavedModel find(Configuration hadoop, String path) throws IOException {
    Path given = Storage.qualified(hadoop, path);
    if (isCheckpoint(hadoop, given)) {
      return new SavedModel(hadoop, given);
    }

    Optional<Path> latest = new CheckpointStore(hadoop, given).latest();
    return new SavedModel(
        hadoop,
        latest.orElseThrow(
            () ->
                new InvalidUsageException(
                    "Missing checkpoint [%s]: neither it nor checkpoints/ below it holds one with a manifest. Give the --output of hope train."
                        .formatted(path))));
  }

  public String path() {
    return Storage.display(directory);
  }

  /** Returns the output directory of the run that made the checkpoint. */
  public String runDirectory() {
    return Storage.display(directory.getParent().getParent());
  }

  /** Reads the configuration that the checkpoint was trained with. */
  public RunConfig config() throws IOException {
    return RunConfig.read(
        new ByteArrayInputStream(content(CheckpointManifest.CONFIG_YAML)), List.of());
  }

  public byte[] tokenizerJson() throws IOException {
    return content(CheckpointManifest.TOKENIZER);
  }

  public Tokenizer tokenizer() throws IOException {
    return Tokenizer.read(new ByteArrayInputStream(tokenizerJson()));
  }

  /**
   * Loads the parameters.
   *
   * @throws org.hopespark.model.CorruptCheckpointException if they are not those of the
   *     configuration beside them
   */
  public LanguageModel load() throws IOException {
    RunConfig config = config();
    List<LanguageModel> loaded = new ArrayList<>();
    try {
      VerifiedInput.read(
          hadoop,
          directory,
          manifest,
          CheckpointManifest.MODEL,
          in -> loaded.add(LanguageModel.read(config, in)));
    } catch (RuntimeException | IOException e) {
      loaded.forEach(LanguageModel::close);
      throw e;
    }

    return loaded.get(0);
  }

  /**
   * Reads every file that the manifest lists, and the parameters as the model that they belong to.
   *
   * @return number of bytes read
   * @throws org.hopespark.model.CorruptCheckpointException naming the first file that was altered
   */
  public long verify() throws IOException {
    long bytes = 0;
    for (FileDigest file : manifest.files()) {
      VerifiedInput.read(hadoop, directory, manifest, file.name(), in -> {});
      bytes += file.bytes();
    }

    load().close();
    return bytes;
  }

  public int files() {
    return manifest.files().size();
  }

  public long step() {
    return manifest.step();
  }

  private byte[] content(String name) throws IOException {
    List<byte[]> content = new ArrayList<>();
    VerifiedInput.read(hadoop, directory, manifest, name, in -> content.add(in.readAllBytes()));
    return content.get(0);
  }
}
