// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.spark.sql.SparkSession;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.level.Level;
import org.hopespark.model.level.LevelSchedule;
import org.hopespark.model.tensor.ParameterLayout;
import org.hopespark.model.tensor.TensorSpec;
import org.hopespark.model.train.Replica;
import org.hopespark.spark.session.Sessions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The ways of averaging against each other and against averaging by hand. */
class TestAverages {
  private static final String NO_CLIPPING = "optimizer.clip-norm=1.0e9";

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

  private TrainResult train(String name, String... settings) {
    return train(TinyRun.config(settings), name);
  }

  private TrainResult train(RunConfig config, String name) {
    return new TrainModel(spark)
        .config(config)
        .data(data)
        .output(dir.resolve(name).toString())
        .execute();
  }

  /** The numbers of model.safetensors, in the order of the parameters. */
  private static float[] parameters(TrainResult result) throws IOException {
    ByteBuffer file =
        ByteBuffer.wrap(Files.readAllBytes(Path.of(result.checkpoint(), "model.safetensors")))
            .order(ByteOrder.LITTLE_ENDIAN);
    int length = Math.toIntExact(file.getLong(0));
    JsonNode header = new ObjectMapper().readTree(file.array(), Long.BYTES, length);
    float[] values = new float[Math.toIntExact(result.parameters())];
    for (TensorSpec tensor : new ParameterLayout(TinyRun.config().model()).tensors()) {
      int start = header.path(tensor.name()).path("data_offsets").get(0).asInt();
      file.position(Long.BYTES + length + start);
      file.slice()
          .order(ByteOrder.LITTLE_ENDIAN)
          .asFloatBuffer()
          .get(values, Math.toIntExact(tensor.offset()), Math.toIntExact(tensor.size()));
    }
    return values;
  }

  private static double difference(float[] one, float[] other) {
    assertThat(one).hasSameSizeAs(other);
    double worst = 0;
    for (int i = 0; i < one.length; i++) {
      worst = Math.max(worst, Math.abs((double) one[i] - other[i]) / (1 + Math.abs(one[i])));
    }
    return worst;
  }

  /** The rule is linear: the mean of the workers' momenta follows the momentum of the mean. */
  @ParameterizedTest
  @ValueSource(ints = {2, 4})
  void averagedParametersAreThoseOfExactModeForSgdWithMomentum(int workers) throws IOException {
    String[] sgd = {
      "optimizer.name=sgd", "optimizer.momentum=0.9", "optimizer.learning-rate=0.05", NO_CLIPPING
    };
    float[] exact = parameters(train("exact", with(sgd, "sync.workers=1")));
    TrainResult averaged =
        train("averaged", with(sgd, "sync.mode=parameters", "sync.workers=" + workers));
    assertThat(difference(exact, parameters(averaged))).isLessThan(1e-6);
    // Far from where it began, or the equality would say nothing.
    float[] start = parameters(train("start", with(sgd, "training.steps=2")));
    assertThat(difference(exact, start)).isGreaterThan(1e-3);
  }

  /** AdamW's steps are not linear in the gradient: this is another algorithm. */
  @Test
  void averagedParametersAreNotThoseOfExactModeForAdamW() throws IOException {
    float[] exact = parameters(train("exact", NO_CLIPPING));
    float[] averaged = parameters(train("averaged", NO_CLIPPING, "sync.mode=parameters"));
    assertThat(difference(exact, averaged)).isGreaterThan(1e-4);
  }

  private static String[] with(String[] some, String... more) {
    List<String> all = new ArrayList<>(List.of(some));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  /** Two replicas trained one after the other, averaged in double precision by the test. */
  @ParameterizedTest
  @CsvSource({"3, 0.0, 1.0, 0.0", "3, 0.7, 0.7, 0.9", "6, 0.0, 0.6, 0.9"})
  void theOuterStepIsNesterovsOnTheMeanChange(int every, double given, double rate, double momentum)
      throws Exception {
    RunConfig config =
        TinyRun.config(
            "sync.mode=outer", "sync.every=" + every, "sync.outer-learning-rate=" + given);
    float[] result = parameters(train(config, "outer"));

    Path directory = Path.of(data);
    SampleWindows windows =
        new SampleWindows(
            config,
            OpenDatasets.of(
                UUID.randomUUID(), spark.sessionState().newHadoopConf(), directory.toString()));
    int steps = (int) config.training().steps();
    List<Replica> workers = List.of(Replica.create(config, 2, 1), Replica.create(config, 2, 1));
    int size = Math.toIntExact(workers.get(0).numParameters());
    double[] before = new double[size];
    double[] moments = new double[size];
    for (int i = 0; i < size; i++) {
      before[i] = workers.get(0).parameters().read(i);
    }
    for (int step = 1; step <= steps; step++) {
      for (int worker = 0; worker < 2; worker++) {
        int[][] tokens = new int[2][2 * 17];
        windows.read(step, 2 * worker, tokens);
        Replica replica = workers.get(worker);
        replica.accumulate(tokens);
        for (Level level : replica.levels()) {
          if (LevelSchedule.due(level, step, steps)) {
            long targets = (step - LevelSchedule.intervalStart(level, step)) * 2 * 2 * 16;
            replica.sumOfShards(level);
            replica.apply(level, step, targets);
          }
        }
      }
      for (Level level : workers.get(0).levels()) {
        if (step % (level.period() * every) == 0 || step == steps) {
          for (long i = level.offset(); i < level.offset() + level.length(); i++) {
            int at = (int) i;
            double mean =
                before[at]
                    - (workers.get(0).parameters().read(i) + workers.get(1).parameters().read(i))
                        / 2.0;
            moments[at] = momentum * moments[at] + mean;
            before[at] -= rate * (mean + momentum * moments[at]);
            workers.get(0).parameters().write(i, (float) before[at]);
            workers.get(1).parameters().write(i, (float) before[at]);
          }
        }
      }
    }
    workers.forEach(Replica::close);
    double worst = 0;
    for (int i = 0; i < size; i++) {
      worst = Math.max(worst, Math.abs(before[i] - result[i]) / (1 + Math.abs(before[i])));
    }
    // AdamW divides by roots of second moments, so single bits of a gradient grow.
    assertThat(worst).isLessThan(2e-5);
  }

  /** Gradients that travel while later ones are computed sum up to the same bits. */
  @ParameterizedTest
  @CsvSource({"2, adamw", "4, adamw", "2, muon"})
  void overlappingChangesNoBit(int workers, String rule) throws IOException {
    String[] settings = {"model.layers=2", "optimizer.name=" + rule};
    TrainResult alone = train("alone", with(settings, "sync.workers=1"));
    TrainResult overlapped =
        train("overlapped", with(settings, "sync.workers=" + workers, "sync.overlap=true"));
    TrainResult after =
        train("after", with(settings, "sync.workers=" + workers, "sync.overlap=false"));
    TinyRun.assertSameTensors(alone, overlapped);
    TinyRun.assertSameTensors(alone, after);
    assertThat(overlapped.trainLoss()).isEqualTo(alone.trainLoss());
    for (int i = 0; i < after.levels().size(); i++) {
      LevelReport level = overlapped.levels().get(i);
      assertThat(level).isEqualTo(after.levels().get(i));
      assertThat(level.bytesSent()).isEqualTo(level.bytesPredicted());
    }
  }

  @Test
  void overlappingRoundsTheSameNumbers() throws IOException {
    String[] settings = {
      "model.layers=2", "sync.wire=bfloat16", "sync.levels=[{level: mid, mode: parameters}]"
    };
    TinyRun.assertSameTensors(
        train("overlapped", with(settings, "sync.overlap=true")),
        train("after", with(settings, "sync.overlap=false")));
  }

  /** Every rank says at every synchronisation what it has, and would be refused. */
  @ParameterizedTest
  @CsvSource({"exact, 1, 2", "exact, 1, 4", "parameters, 1, 4", "outer, 2, 2"})
  void roundedNumbersOnTheWireTrainNearlyAsWell(String mode, int every, int workers) {
    String[] settings = {"sync.mode=" + mode, "sync.every=" + every, "sync.workers=" + workers};
    TrainResult whole = train("whole", settings);
    TrainResult rounded = train("rounded", with(settings, "sync.wire=bfloat16"));
    assertThat(rounded.parametersDigest()).isNotEqualTo(whole.parametersDigest());
    assertThat(rounded.trainLoss())
        .isCloseTo(whole.trainLoss(), org.assertj.core.data.Percentage.withPercentage(1));
    for (int i = 0; i < whole.levels().size(); i++) {
      LevelReport level = whole.levels().get(i);
      // Half the payload behind headers of 39 bytes, of all to all and back.
      long headers = level.synchronisations() * 2 * workers * (workers - 1) * 39;
      assertThat(2 * (rounded.levels().get(i).bytesPredicted() - headers))
          .isEqualTo(level.bytesPredicted() - headers);
      assertThat(level.bytesSent()).isEqualTo(level.bytesPredicted());
      assertThat(rounded.levels().get(i).bytesSent())
          .isEqualTo(rounded.levels().get(i).bytesPredicted());
    }
  }

  /** Optimizer state and outer momentum of every rank come back from the files. */
  @ParameterizedTest
  @ValueSource(strings = {"parameters", "outer"})
  void aRunThatIsCutOffGoesOnAsIfItHadNotBeen(String mode) {
    String[] settings = {
      "sync.mode=" + mode,
      "sync.every=" + (mode.equals("outer") ? 2 : 1),
      "sync.outer-learning-rate=0.7",
      "model.cms=[{name: fast, period: 1}, {name: slow, period: 3}]"
    };
    TrainResult whole = train("whole", settings);
    TrainResult parts = train("parts", with(settings, "checkpoint.every-steps=6"));
    assertThat(parts.parametersDigest()).isEqualTo(whole.parametersDigest());
    assertThat(parts.trainLoss()).isEqualTo(whole.trainLoss());
  }

  @Test
  void levelsMayDiffer() {
    TrainResult result =
        train(
            "mixed",
            "sync.levels=[{level: mid, mode: parameters}, {level: slow, mode: outer, every: 2}]",
            "sync.average-state=true",
            "checkpoint.every-steps=10");
    // 12 steps; slow (5) every second time is 10, and the flush at 12.
    assertThat(result.levels())
        .extracting(LevelReport::synchronisations)
        .containsExactly(12L, 12L, 4L, 2L);
    for (LevelReport level : result.levels()) {
      // Parameters or gradients and parameters; with state two moments more.
      int arrays = level.name().equals("mid") || level.name().equals("slow") ? 3 : 1;
      assertThat(level.bytesPredicted())
          .isEqualTo(level.synchronisations() * 2 * arrays * (level.parameters() * 4 + 2 * 39));
      assertThat(level.bytesSent()).isEqualTo(level.bytesPredicted());
    }
  }
}
