// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.hopespark.data.store.Storage;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.tensor.Slab;
import org.hopespark.model.train.MemoryPlan;
import org.hopespark.model.train.Replica;
import org.hopespark.model.train.StateRange;
import org.hopespark.spark.session.Sessions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoints that are written while training goes on. */
class TestBackgroundWrites {
  private static final String ASYNCHRONOUS = "checkpoint.asynchronous=true";

  /** Files that say when, or how the work was done. */
  private static final Set<String> OTHER =
      Set.of("manifest.json", "trainer_state.json", "metrics.jsonl", "config.yaml", "config.json");

  @TempDir static Path shared;
  private static SparkSession spark;
  private static String data;

  @TempDir Path dir;

  @BeforeAll
  static void open() throws IOException {
    spark = Sessions.open("local[4]");
    data = TinyRun.dataset(spark, shared, 5);
  }

  @AfterAll
  static void close() {
    spark.stop();
  }

  private TrainModel model(String output, RunConfig config) {
    return new TrainModel(spark).config(config).data(data).output(output);
  }

  private String onSlowDisk(String name) {
    FailingFileSystem.configure(spark.sparkContext().hadoopConfiguration());
    return FailingFileSystem.SCHEME + "://" + dir.resolve(name);
  }

  /** With accumulators after steps 4 and 8, and with state of every way of averaging. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "sync.workers=1",
        "sync.workers=4",
        "sync.wire=bfloat16",
        "sync.mode=parameters",
        "sync.mode=outer;sync.every=2;training.steps=24;checkpoint.every-steps=6;model.cms=[{name: fast, period: 1}, {name: slow, period: 3}]",
        "model.cms-variant=nested;model.cms=[{name: fast, period: 1}, {name: mid, period: 2}, {name: slow, period: 6}]"
      })
  void theFilesAreThoseOfARunThatWaits(String settings) throws IOException {
    List<String> all = new ArrayList<>(List.of("checkpoint.every-steps=4", "checkpoint.keep=9"));
    all.addAll(List.of(settings.split(";")));
    RunConfig waiting = TinyRun.config(all.toArray(String[]::new));
    all.add(ASYNCHRONOUS);
    model(dir.resolve("waiting").toString(), waiting).execute();
    model(dir.resolve("going").toString(), TinyRun.config(all.toArray(String[]::new))).execute();

    Set<String> files = files(dir.resolve("waiting"));
    assertThat(files).hasSizeGreaterThan(3 * 6);
    assertThat(files(dir.resolve("going"))).isEqualTo(files);
    for (String file : files) {
      Path one = dir.resolve("waiting").resolve(file);
      Path other = dir.resolve("going").resolve(file);
      if (one.getFileName().toString().equals("manifest.json")) {
        assertThat(withoutFiles(other)).isEqualTo(withoutFiles(one));
      } else if (!OTHER.contains(one.getFileName().toString())) {
        assertThat(other).hasSameBinaryContentAs(one);
      }
    }
  }

  private static Set<String> files(Path run) throws IOException {
    try (Stream<Path> files = Files.walk(run.resolve("checkpoints"))) {
      Set<String> names = new TreeSet<>();
      files
          .filter(Files::isRegularFile)
          .filter(file -> !file.getFileName().toString().endsWith(".crc"))
          .forEach(file -> names.add(run.relativize(file).toString()));
      return names;
    }
  }

  private static JsonNode withoutFiles(Path manifest) throws IOException {
    ObjectNode root = (ObjectNode) new ObjectMapper().readTree(manifest.toFile());
    root.remove("files");
    return root;
  }

  @Test
  void trainingGoesOnWhileOneIsWrittenAndWaitsBeforeTheNext() throws IOException {
    String output = onSlowDisk("run");
    Path checkpoints = dir.resolve("run/checkpoints");
    FailingFileSystem.hold("step-00000004");
    List<String> seen = Collections.synchronizedList(new ArrayList<>());
    TrainResult result =
        model(output, TinyRun.config("checkpoint.every-steps=4", "checkpoint.keep=9", ASYNCHRONOUS))
            .progress(
                progress -> {
                  if (progress.step() == 8) {
                    // All steps of the second segment are done; give its writes time to be wrong.
                    sleep(500);
                    seen.add(names(checkpoints.resolve("step-00000004")).toString());
                    seen.add(names(checkpoints.resolve("step-00000008")).toString());
                    FailingFileSystem.open();
                  }
                })
            .execute();
    assertThat(seen).containsExactly("[]", "[]");
    CheckpointStore store =
        new CheckpointStore(
            spark.sparkContext().hadoopConfiguration(), new org.apache.hadoop.fs.Path(output));
    assertThat(store.committed()).extracting(CheckpointStore::step).containsExactly(12L, 8L, 4L);
    assertThat(store.leftovers()).isEmpty();
    TinyRun.assertSameTensors(
        result, model(dir.resolve("other").toString(), TinyRun.config()).execute());

    JsonNode end =
        new ObjectMapper()
            .readTree(checkpoints.resolve("step-00000012/trainer_state.json").toFile());
    double waited = end.path("checkpointWaitSeconds").asDouble();
    assertThat(waited).isBetween(0.5, end.path("checkpointSeconds").asDouble());
    List<JsonNode> lines = TinyRun.metrics(dir.resolve("run"));
    assertThat(lines.get(1).path("checkpointWaitSeconds").asDouble()).isLessThan(0.5);
    assertThat(lines.get(2).path("checkpointWaitSeconds").asDouble()).isBetween(0.5, waited);
  }

  private static List<String> names(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      return List.of(e.toString());
    }
  }

  private static void sleep(long millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** As in a process that had another rank before, or none. */
  @Test
  void aRankWithoutMemoryWaitsForTheCommit() {
    String output = onSlowDisk("run");
    FailingFileSystem.hold("step-00000004");
    FailingFileSystem.BEFORE.put(
        "step-00000008",
        () -> {
          // Nobody's: all memory is freed.
          assertThat(Survivors.take(new Survivors.Place(UUID.randomUUID(), 1, "elsewhere"), 0))
              .isEmpty();
          new Thread(
                  () -> {
                    sleep(1000);
                    FailingFileSystem.open();
                  })
              .start();
        });
    List<String> restarts = new ArrayList<>();
    TrainResult result =
        model(output, TinyRun.config("checkpoint.every-steps=4", ASYNCHRONOUS))
            .progress(
                new ProgressListener() {
                  @Override
                  public void onProgress(Progress progress) {}

                  @Override
                  public void onRestart(String line) {
                    restarts.add(line);
                  }
                })
            .execute();
    assertThat(FailingFileSystem.OPENED)
        .contains("model.safetensors", "accumulators-0.safetensors");
    assertThat(restarts).isEmpty();
    assertThat(result.parametersDigest())
        .isEqualTo(
            model(dir.resolve("other").toString(), TinyRun.config()).execute().parametersDigest());
  }

  /** Before the change against the copy after it, in allocations of every size. */
  @ParameterizedTest
  @ValueSource(longs = {1, 10_000, Slab.MAX_ELEMENTS})
  void aCopyStaysAsItWas(long perSlab) throws IOException {
    Configuration hadoop = new Configuration();
    RunConfig config =
        TinyRun.config(
            "model.cms-variant=nested", "model.cms=[{name: a, period: 2}, {name: b, period: 4}]");
    Gang gang = new Gang(config, 0, 2);
    Path before = Files.createDirectory(dir.resolve("before"));
    Path after = Files.createDirectory(dir.resolve("after"));
    try (Replica replica = Replica.create(config, 2, 1, gang.ownership())) {
      RankContent content =
          new RankCheckpoint(hadoop, replica, List.of(), gang, 2, 8_192).content(7);
      RankContent.Saved expected =
          content.write(hadoop, Storage.qualified(hadoop, before.toString()));
      try (HostCopy memory = new HostCopy(content.size(), perSlab)) {
        RankContent copy = content.copy(memory);
        replica.parameters().clear(0, replica.numParameters());
        content.states().forEach(state -> state.range().slab().write(state.range().offset(), 9f));
        RankContent.Saved saved = copy.write(hadoop, Storage.qualified(hadoop, after.toString()));
        assertThat(saved).isEqualTo(expected);
      }
      assertThat(names(before))
          .contains("model.safetensors.index.json", "accumulators-1.safetensors");
      for (String name : names(before)) {
        assertThat(after.resolve(name)).hasSameBinaryContentAs(before.resolve(name));
      }
    }
  }

  @Test
  void theNextCopyTakesTheMemoryOfTheLast() {
    RunConfig config = TinyRun.config();
    Gang gang = new Gang(config, 0, 1);
    try (Replica replica = Replica.create(config, 4, 1, gang.ownership())) {
      RankCheckpoint checkpoint =
          new RankCheckpoint(
              new Configuration(), replica, List.of(), gang, 4, ModelFiles.MAX_BYTES);
      RankContent content = checkpoint.content(12);
      try (HostCopy memory = new HostCopy(content.size())) {
        List<RankContent.State> first = content.copy(memory).states();
        assertThat(memory.holds(content.size())).isTrue();
        // One that also has the accumulators of levels inside an interval.
        assertThat(memory.holds(checkpoint.content(7).size())).isFalse();

        content.states().forEach(state -> state.range().slab().write(state.range().offset(), 9f));
        memory.reuse();
        List<RankContent.State> second = content.copy(memory).states();
        for (int i = 0; i < first.size(); i++) {
          StateRange range = second.get(i).range();
          assertThat(range.slab()).isSameAs(first.get(i).range().slab());
          assertThat(range.slab().read(range.offset())).isEqualTo(9f);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void theCopyIsAsLargeAsPlanned(int workers) {
    RunConfig config =
        TinyRun.config("sync.workers=" + workers, "checkpoint.every-steps=7", ASYNCHRONOUS);
    long planned =
        WorkerMemory.plan(config, workers, 1).shared().stream()
            .filter(part -> part.name().equals("checkpoint copy"))
            .mapToLong(MemoryPlan.Part::bytes)
            .sum();
    long largest = 0;
    for (int rank = 0; rank < workers; rank++) {
      Gang gang = new Gang(config, rank, workers);
      int shards = 4 / workers;
      try (Replica replica = Replica.create(config, shards, 1, gang.ownership())) {
        RankContent content =
            new RankCheckpoint(
                    new Configuration(), replica, List.of(), gang, shards, ModelFiles.MAX_BYTES)
                .content(7);
        assertThat(content.accumulators()).hasSize(shards);
        largest = Math.max(largest, 4 * content.size());
      }
    }
    // Rank 0 writes the parameters; of two moments of four levels the other may own a block more.
    assertThat(planned).isBetween(largest, largest + (workers - 1) * 4L * 2 * 4 * 1024);
  }
}
