// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.hopespark.data.store.FileDigest;
import org.hopespark.data.store.Storage;
import org.hopespark.model.LanguageModel;
import org.hopespark.model.checkpoint.TensorView;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.tensor.ParameterLayout;
import org.hopespark.model.tensor.Slab;
import org.hopespark.model.tensor.TensorSpec;
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
  public static boolean isCheckpoint(Configuration hadoop, String path) {
    return CheckpointManifest.isAt(hadoop, Storage.qualified(hadoop, path));
  }

  /**
   * Finds a checkpoint: the directory itself, or the newest one of the run whose output it is.
   *
   * @throws InvalidUsageException if there is none
   */
  public static SavedModel find(Configuration hadoop, String path) throws IOException {
    Path given = Storage.qualified(hadoop, path);
    if (CheckpointManifest.isAt(hadoop, given)) {
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
    return LanguageModel.read(
        config(), tensors -> ModelFiles.read(hadoop, directory, manifest, tensors));
  }

  /**
   * What a checkpoint holds, read and compared.
   *
   * @param bytes of all files
   * @param parametersDigest sha256 of the parameters in the order of tensor names, however many
   *     files they are in
   * @param stateDigest digest of the optimizer state, however many workers wrote it
   */
  public record Verified(long bytes, String parametersDigest, String stateDigest) {}

  /**
   * Reads every file that the manifest lists, and the parameters as the model that they belong to.
   *
   * @throws org.hopespark.model.CorruptCheckpointException naming the first file that was altered
   */
  public Verified verify() throws IOException {
    long bytes = 0;
    for (FileDigest file : manifest.files()) {
      VerifiedInput.read(hadoop, directory, manifest, file.name(), in -> {});
      bytes += file.bytes();
    }

    String parameters = parametersDigest();
    if (!parameters.equals(manifest.parametersDigest())) {
      throw VerifiedInput.corrupt(
          new Path(directory, CheckpointManifest.MODEL), "holds other parameters than listed");
    }

    return new Verified(bytes, parameters, StateFiles.digest(hadoop, directory, manifest));
  }

  private String parametersDigest() throws IOException {
    ParameterLayout layout = new ParameterLayout(config().model());
    try (Slab slab = Slab.allocate("parameters", layout.size())) {
      List<TensorView> tensors = new ArrayList<>();
      for (TensorSpec tensor : layout.tensors()) {
        tensors.add(new TensorView(tensor.name(), tensor.shape(), slab, tensor.offset()));
      }

      ModelFiles.read(hadoop, directory, manifest, tensors);
      return ModelFiles.digest(tensors);
    }
  }

  public int files() {
    return manifest.files().size();
  }

  public long step() {
    return manifest.step();
  }

  private byte[] content(String name) throws IOException {
    return VerifiedInput.content(hadoop, directory, manifest, name);
  }
}
