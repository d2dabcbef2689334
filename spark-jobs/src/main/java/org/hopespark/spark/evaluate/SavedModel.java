// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.evaluate;

import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.hopespark.model.CorruptCheckpointException;
import org.hopespark.model.LanguageModel;
import org.hopespark.model.config.RunConfig;
import org.hopespark.spark.InvalidUsageException;
import org.hopespark.tokenizer.Tokenizer;

/** The model of a checkpoint directory. A directory without manifest is no checkpoint. */
public final class SavedModel {
  private static final String MANIFEST = "manifest.json";
  private static final String CHECKPOINTS = "checkpoints";

  private final FileSystem fileSystem;
  private final Path directory;

  private SavedModel(FileSystem fileSystem, Path directory) {
    this.fileSystem = fileSystem;
    this.directory = directory;
  }

  /**
   * Finds a checkpoint: the directory itself, or the newest one of the run whose output it is.
   *
   * @throws InvalidUsageException if there is none
   */
  public static SavedModel find(Configuration hadoop, String path) throws IOException {
    Path given = new Path(path);
    FileSystem fileSystem = given.getFileSystem(hadoop);
    if (fileSystem.exists(new Path(given, MANIFEST))
        && fileSystem.exists(new Path(given, "model.safetensors"))) {
      return new SavedModel(fileSystem, given);
    }

    return newest(fileSystem, new Path(given, CHECKPOINTS))
        .map(newest -> new SavedModel(fileSystem, newest))
        .orElseThrow(
            () ->
                new InvalidUsageException(
                    "Missing checkpoint [%s]: neither this directory nor %s below it holds one with a manifest. Give the --output directory of hope train."
                        .formatted(path, CHECKPOINTS)));
  }

  private static Optional<Path> newest(FileSystem fileSystem, Path checkpoints) throws IOException {
    List<FileStatus> children;
    try {
      children = Arrays.asList(fileSystem.listStatus(checkpoints));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }

    // Names end in the step, with leading zeros, so the order of names is that of steps.
    for (FileStatus child :
        children.stream().sorted(Comparator.comparing(FileStatus::getPath).reversed()).toList()) {
      if (fileSystem.exists(new Path(child.getPath(), MANIFEST))) {
        return Optional.of(child.getPath());
      }
    }

    return Optional.empty();
  }

  public String path() {
    return directory.toString();
  }

  /** Reads the configuration that the checkpoint was trained with. */
  public RunConfig config() throws IOException {
    return RunConfig.read(new ByteArrayInputStream(bytes("config.yaml")), List.of());
  }

  public byte[] tokenizerJson() throws IOException {
    return bytes("tokenizer.json");
  }

  public Tokenizer tokenizer() throws IOException {
    return Tokenizer.read(new ByteArrayInputStream(tokenizerJson()));
  }

  /**
   * Loads the parameters.
   *
   * @throws CorruptCheckpointException if they are not those of the configuration beside them
   */
  public LanguageModel load() throws IOException {
    try (InputStream in = open("model.safetensors")) {
      return LanguageModel.read(config(), in);
    }
  }

  private byte[] bytes(String name) throws IOException {
    try (InputStream in = open(name)) {
      return in.readAllBytes();
    }
  }

  private InputStream open(String name) throws IOException {
    Path file = new Path(directory, name);
    try {
      return fileSystem.open(file);
    } catch (FileNotFoundException e) {
      throw new CorruptCheckpointException(
          "Missing checkpoint file [%s]: every checkpoint has one. Use another checkpoint of the run."
              .formatted(file),
          e);
    }
  }
}
