// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.hopespark.data.store.FileDigest;
import org.hopespark.data.store.Manifest;
import org.hopespark.data.store.Storage;

/** The checkpoints of a run, and what attempts left behind, for people. */
public final class RunCheckpoints {
  private final Configuration hadoop;
  private final CheckpointStore store;

  /**
   * @param run output directory of a run
   */
  public RunCheckpoints(Configuration hadoop, String run) {
    this.hadoop = hadoop;
    this.store = new CheckpointStore(hadoop, Storage.qualified(hadoop, run));
  }

  /**
   * One of them.
   *
   * @param path of its directory
   * @param step steps taken
   * @param committed whether it has a manifest; what follows is null where it has none
   * @param written when the manifest was
   * @param workers that made it
   * @param files that the manifest lists
   * @param bytes of these files; of a left-over directory, of what lies in it
   * @param trainLoss mean over the last logging interval, nats per token; null before the first
   * @param parametersDigest as the manifest says
   */
  public record Entry(
      String path,
      long step,
      boolean committed,
      String written,
      Integer workers,
      Integer files,
      long bytes,
      Double trainLoss,
      String parametersDigest) {}

  /** Lists them by rising step. */
  public List<Entry> list() throws IOException {
    List<Entry> entries = new ArrayList<>();
    for (Path directory : store.committed()) {
      entries.add(committed(directory));
    }
    for (Path directory : store.leftovers()) {
      long bytes = 0;
      for (FileStatus file : Storage.fileSystem(hadoop, directory).listStatus(directory)) {
        bytes += file.getLen();
      }
      entries.add(
          new Entry(
              Storage.display(directory),
              CheckpointStore.step(directory),
              /* committed= */ false,
              null,
              null,
              null,
              bytes,
              null,
              null));
    }
    entries.sort(Comparator.comparingLong(Entry::step).thenComparing(Entry::path));
    return entries;
  }

  private Entry committed(Path directory) throws IOException {
    CheckpointManifest manifest = CheckpointManifest.read(hadoop, directory);
    FileSystem fileSystem = Storage.fileSystem(hadoop, directory);
    long written =
        fileSystem.getFileStatus(new Path(directory, Manifest.NAME)).getModificationTime();
    // For display: what is damaged is found by verifying.
    byte[] state = Storage.readListed(hadoop, new Path(directory, CheckpointManifest.STATE));
    return new Entry(
        Storage.display(directory),
        manifest.step(),
        /* committed= */ true,
        Instant.ofEpochMilli(written).toString(),
        manifest.workers(),
        manifest.files().size(),
        manifest.files().stream().mapToLong(FileDigest::bytes).sum(),
        trainLoss(state),
        manifest.parametersDigest());
  }

  private static Double trainLoss(byte[] state) {
    try {
      JsonNode loss = new ObjectMapper().readTree(state).path("trainLoss");
      return loss.isNumber() ? Double.valueOf(loss.asDouble()) : null;
    } catch (IOException e) {
      return null;
    }
  }
}
