// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.hopespark.data.TokenDataset;
import org.hopespark.data.store.FileDigest;
import org.hopespark.data.store.Json;
import org.hopespark.data.store.Storage;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.level.Level;
import org.hopespark.spark.ClusterFailureException;
import org.hopespark.spark.tensorboard.TensorBoardFiles;

/**
 * Turns the files that ranks have written after a segment into a checkpoint: small files from the
 * driver, the manifest last. {@code metrics.jsonl} of the run is a copy of the one inside, so it
 * never holds a step that was rolled back.
 */
final class CheckpointCommit {
  private final Configuration hadoop;
  private final Path output;
  private final RunConfig config;
  private final List<Level> levels;
  private final TokenDataset dataset;
  private final CheckpointStore store;

  CheckpointCommit(
      Configuration hadoop,
      Path output,
      RunConfig config,
      List<Level> levels,
      TokenDataset dataset,
      CheckpointStore store) {
    this.hadoop = hadoop;
    this.output = output;
    this.config = config;
    this.levels = levels;
    this.dataset = dataset;
    this.store = store;
  }

  /** The end of a segment that began at {@code before}. */
  Reached reach(Committed before, Path directory, List<Outcome.Finished> finished) {
    MetricsLog log = new MetricsLog(config, levels, before.state());
    int intervals = finished.get(0).intervals().size();
    for (int i = 0; i < intervals; i++) {
      int index = i;
      log.add(finished.stream().map(rank -> rank.intervals().get(index)).toList());
    }
    List<String> metrics = new ArrayList<>(before.metrics());
    metrics.addAll(log.lines());
    return new Reached(
        new Committed(directory, state(before.state(), finished, log), metrics),
        finished.get(0).hashes(),
        finished.stream().map(Outcome.Finished::executor).toList());
  }

  /**
   * Makes the checkpoint exist.
   *
   * @param saved what every rank has written, by rank
   */
  Committed commit(Reached reached, List<RankContent.Saved> saved) throws IOException {
    Path directory = reached.point().directory();
    List<String> metrics = reached.point().metrics();
    TrainerState state =
        reached.point().state().withParametersDigest(saved.get(0).parametersDigest());
    List<FileDigest> files = new ArrayList<>();
    saved.forEach(rank -> files.addAll(rank.files()));
    files.add(write(directory, CheckpointManifest.CONFIG_YAML, config.toYaml()));
    files.add(write(directory, CheckpointManifest.CONFIG_JSON, config.toJson()));
    files.add(
        FileDigest.write(hadoop, directory, CheckpointManifest.TOKENIZER, dataset.tokenizerJson()));
    files.add(FileDigest.write(hadoop, directory, CheckpointManifest.STATE, Json.bytes(state)));
    files.add(write(directory, CheckpointManifest.METRICS, text(metrics)));
    if (!store.commit(directory, manifest(state, reached.hashes(), saved, files))) {
      throw new ClusterFailureException(
          "Cannot commit [%s]: another run writes to the same output. Stop one of them."
              .formatted(Storage.display(directory)));
    }
    Committed committed = new Committed(directory, state, metrics);
    publish(committed);
    store.prune(config.checkpoint().keep(), config.checkpoint().keepEvery());
    return committed;
  }

  private TrainerState state(TrainerState before, List<Outcome.Finished> finished, MetricsLog log) {
    List<IntervalReport> last =
        finished.stream().map(rank -> rank.intervals().get(rank.intervals().size() - 1)).toList();
    long to = last.get(0).step();
    List<LevelReport> counters = new ArrayList<>();
    for (Level level : levels) {
      counters.add(
          before
              .levels()
              .get(level.index())
              .after(
                  config, level, before.step(), to, finished.size(), MetricsLog.sent(last, level)));
    }
    double seconds =
        slowest(
            finished, rank -> rank.intervals().stream().mapToDouble(IntervalReport::seconds).sum());
    long peak = finished.stream().mapToLong(Outcome.Finished::peakRssBytes).max().orElseThrow();
    return new TrainerState(
        to,
        config.training().steps(),
        to * StepLoop.tokensPerStep(config),
        before.trainSeconds() + seconds,
        before.checkpointSeconds() + slowest(finished, Outcome.Finished::checkpointSeconds),
        before.checkpointWaitSeconds() + slowest(finished, Outcome.Finished::checkpointWaitSeconds),
        log.lastLoss(),
        log.open(),
        counters,
        Math.max(before.peakRssBytes(), peak),
        /* parametersDigest= */ "",
        before.replicaHashesAgree()
            && finished.stream().allMatch(rank -> rank.hashes().equals(finished.get(0).hashes())),
        WorkerSpan.plus(before.workers(), before.step() + 1, to, finished.size()));
  }

  private static double slowest(
      List<Outcome.Finished> finished, ToDoubleFunction<Outcome.Finished> seconds) {
    return finished.stream().mapToDouble(seconds).max().orElseThrow();
  }

  private CheckpointManifest manifest(
      TrainerState state,
      List<Long> hashes,
      List<RankContent.Saved> saved,
      List<FileDigest> files) {
    Map<String, String> levelHashes = new LinkedHashMap<>();
    for (Level level : levels) {
      levelHashes.put(level.name(), CheckpointManifest.hash(hashes.get(level.index())));
    }
    return new CheckpointManifest(
        CheckpointManifest.FORMAT,
        state.step(),
        saved.size(),
        dataset.datasetId(),
        SameNumbers.digest(config),
        state.parametersDigest(),
        levelHashes,
        saved.stream().flatMap(rank -> rank.states().stream()).toList(),
        files);
  }

  private FileDigest write(Path directory, String name, String text) {
    return FileDigest.write(hadoop, directory, name, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Copies what belongs to a commit to where people look for it. */
  void publish(Committed committed) throws IOException {
    Path path = new Path(output, CheckpointManifest.METRICS);
    try (OutputStream out = Storage.fileSystem(hadoop, path).create(path, /* overwrite= */ true)) {
      out.write(text(committed.metrics()).getBytes(StandardCharsets.UTF_8));
    }
    new TensorBoardFiles(hadoop, output).writeTraining(committed.metrics());
  }

  private static String text(List<String> lines) {
    return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
  }
}
