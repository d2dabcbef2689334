// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.hopespark.model.InvalidConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TestRunConfig {
  private static RunConfig read(String yaml, String... overrides) {
    return RunConfig.read(
        new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)), List.of(overrides));
  }

  @Test
  void defaultsAreThoseOfTheDesign() {
    RunConfig config = read("");
    assertThat(config.seed()).isEqualTo(7);
    assertThat(config.model().vocabularySize()).isEqualTo(8192);
    assertThat(config.model().dim()).isEqualTo(256);
    assertThat(config.model().layers()).isEqualTo(4);
    assertThat(config.model().heads()).isEqualTo(4);
    assertThat(config.model().memory())
        .isEqualTo(
            new MemoryConfig(
                64,
                64,
                1,
                4,
                4,
                -3,
                0.05,
                0.5,
                6,
                "current",
                "delta",
                true,
                true,
                false,
                true,
                0,
                true,
                true,
                List.of("k", "v", "eta", "alpha", "memory")));
    assertThat(config.model().attention()).isEqualTo(new AttentionConfig(0, 10_000));
    assertThat(config.model().core()).isEqualTo(new CoreConfig(1));
    assertThat(config.model().cms())
        .containsExactly(
            new CmsLevelConfig("fast", 1, 1),
            new CmsLevelConfig("mid", 4, 1),
            new CmsLevelConfig("slow", 16, 1));
    assertThat(config.model().cmsVariant()).isEqualTo("sequential");
    assertThat(config.training()).isEqualTo(new TrainingConfig(256, 4, 2000, 100, 4, 10));
    assertThat(config.optimizer())
        .isEqualTo(
            new OptimizerConfig("adamw", 3e-3, 0.1, 0.95, 0.9, 0.95, 1e-8, 0.1, 1, List.of()));
    assertThat(config.sync())
        .isEqualTo(
            new SyncConfig(
                "exact", 1, List.of(), false, 0, 0.9, 2, "float32", "p2p", 60, 0, 600, 5, 1, false,
                0));
    assertThat(config.checkpoint()).isEqualTo(new CheckpointConfig(500, 3, 0, false));
  }

  @Test
  void everyKeyCanBeSet() {
    String yaml =
        """
        seed: 1
        model:
          architecture: hope
          vocab-size: 300
          dim: 12
          layers: 3
          heads: 3
          memory: { chunk: 5, projection-chunk: 6, hidden-ratio: 2.0, convolution: 7, eta-max: 1.5, eta-bias: -1.0, w2-rate: 0.2, alpha-min: 0.1, alpha-bias: 2.0, read: chunk-start, w1: frozen, dgd: false, unit-values: false, stop-gradient-values: true, retention: false, momentum: 0.5, own-inputs: false, gate: false, adaptive: [memory, q] }
          attention: { convolution: 3, rope-base: 500.0 }
          core: { period: 2 }
          cms: [ { name: only, period: 3, hidden-ratio: 0.5 } ]
          cms-variant: independent
          cms-initial-rate: 0.25
        training: { sequence-length: 32, batch-size: 1, steps: 9, warmup-steps: 2, virtual-shards: 8, log-every: 3 }
        optimizer: { name: adamw, learning-rate: 1.0e-2, final-ratio: 0.5, momentum: 0.7, beta1: 0.8, beta2: 0.9, epsilon: 1.0e-6, weight-decay: 0.2, clip-norm: 2.0, levels: [ { level: core, name: muon }, { level: only, learning-rate: 2.0e-3 } ] }
        sync: { mode: parameters, every: 1, levels: [ { level: only, mode: outer, every: 2 } ], average-state: true, outer-learning-rate: 0.7, outer-momentum: 0.8, workers: 4, wire: bfloat16, transport: p2p, timeout-seconds: 5, min-workers: 4, capacity-timeout-seconds: 30, attempts: 9, lanes: 8, overlap: true, port: 7100 }
        checkpoint: { every-steps: 6, keep: 1, keep-every: 12, asynchronous: true }
        """;
    RunConfig expected =
        new RunConfig(
            1,
            new ModelConfig(
                "hope",
                300,
                12,
                3,
                3,
                new MemoryConfig(
                    5,
                    6,
                    2,
                    7,
                    1.5,
                    -1,
                    0.2,
                    0.1,
                    2,
                    "chunk-start",
                    "frozen",
                    false,
                    false,
                    true,
                    false,
                    0.5,
                    false,
                    false,
                    List.of("memory", "q")),
                new AttentionConfig(3, 500),
                new CoreConfig(2),
                List.of(new CmsLevelConfig("only", 3, 0.5)),
                "independent",
                0.25),
            new TrainingConfig(32, 1, 9, 2, 8, 3),
            new OptimizerConfig(
                "adamw",
                1e-2,
                0.5,
                0.7,
                0.8,
                0.9,
                1e-6,
                0.2,
                2,
                List.of(
                    new LevelOptimizerConfig("core", "muon", 1e-2),
                    new LevelOptimizerConfig("only", "adamw", 2e-3))),
            new SyncConfig(
                "parameters",
                1,
                List.of(new LevelSyncConfig("only", "outer", 2)),
                true,
                0.7,
                0.8,
                4,
                "bfloat16",
                "p2p",
                5,
                4,
                30,
                9,
                8,
                true,
                7100),
            new CheckpointConfig(6, 1, 12, true));
    assertThat(read(yaml)).isEqualTo(expected);
  }

  @Test
  void whatIsPrintedReadsBackAsTheSame() {
    RunConfig config = read("model: { dim: 64, heads: 2 }", "optimizer.learning-rate=0.01");
    assertThat(read(config.toYaml())).isEqualTo(config);
    assertThat(read(config.toJson())).isEqualTo(config);
    assertThat(config.toYaml()).contains("vocab-size: 8192").contains("learning-rate: 0.01");
  }

  @Test
  void overridesWinOverTheFile() {
    RunConfig config =
        read(
            "model: { dim: 64 }",
            "model.dim=128",
            "training.steps=500",
            "model.cms=[{name: a, period: 1}, {name: b, period: 8}]");
    assertThat(config.model().dim()).isEqualTo(128);
    assertThat(config.training().steps()).isEqualTo(500);
    assertThat(config.model().cms()).extracting(CmsLevelConfig::period).containsExactly(1, 8);
  }

  @Test
  void levelsFollowTheArchitecture() {
    assertThat(read("", "model.architecture=hope-attention").model().cms())
        .isEqualTo(read("").model().cms());
    // As many parameters as the three levels of hope.
    ModelConfig transformer = read("", "model.architecture=transformer").model();
    assertThat(transformer.cms()).containsExactly(new CmsLevelConfig("mlp", 1, 3));
    assertThat(read("model: { cms: [{ name: a }, { name: b }] }", "model.cms=[]").model().cms())
        .hasSize(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "model.dimm=64|Invalid configuration key [model.dimm]: there is no such key. Did you mean model.dim?",
        "modle.dim=64|Invalid configuration key [modle]: there is no such key. Did you mean model?",
        "training.learning-rate=1|Invalid configuration key [training.learning-rate]: there is no such key. Did you mean training.batch-size?",
        "model.memory.chnk=1|Invalid configuration key [model.memory.chnk]: there is no such key. Did you mean model.memory.chunk?",
        "model.cms=[{name: a, priod: 2}]|Invalid configuration key [model.cms[0].priod]: there is no such key. Did you mean model.cms[0].period?",
        "model.dim=abc|Invalid model.dim [abc]: must be a whole number. See docs/configuration.md.",
        "model.dim=1.5|Invalid model.dim [1.5]: must be a whole number. See docs/configuration.md.",
        "optimizer.learning-rate=fast|Invalid optimizer.learning-rate [fast]: must be a number. See docs/configuration.md.",
        "model.dim=258|Invalid model.dim [258]: must be a multiple of model.heads [4]. Set model.dim to 260, or model.heads to a divisor of 258.",
        "model.layers=0|Invalid model.layers [0]: must be from 1 to 256. Set it inside this range.",
        "training.virtual-shards=6|Invalid training.virtual-shards [6]: must be a power of two. Use 4.",
        "sync.workers=3|Invalid sync.workers [3]: must be a power of two. Use 2.",
        "sync.min-workers=4|Invalid sync.min-workers [4]: must be from 0 to 2. Set it inside this range.",
        "sync.workers=8|Invalid sync.workers [8]: must divide training.virtual-shards [4]. Set one of them to match.",
        "training.steps=50|Invalid training.warmup-steps [100]: must not exceed training.steps [50]. Set it to 2.",
        "sync.port=80|Invalid sync.port [80]: must be 0 or from 1024 to 65535. Use 0 for any free port.",
        "sync.mode=exakt|Invalid sync.mode [exakt]: must be one of exact, parameters, outer. Use exact.",
        "sync.every=2|Invalid sync.every (mode exact) [2]: must be from 1 to 1. Set it inside this range.",
        "sync.mode=outer|Invalid sync.every (mode outer) [1]: must be from 2 to 1000000. Set it inside this range.",
        "sync.levels=[{level: slwo}]|Invalid sync.levels [slwo]: there is no such level among core, fast, mid, slow. Did you mean slow?",
        "sync.levels=[{level: mid}, {level: mid}]|Invalid sync.levels [mid]: it stands there twice. Remove one.",
        "sync.levels=[{level: mid, mode: outer, every: 3}]|Invalid checkpoint.every-steps [500]: level mid is averaged every 12 steps, and a checkpoint has to fall on one of them. Set it to 504.",
        "sync={mode: parameters, min-workers: 1}|Invalid sync.min-workers [1]: level core is averaged with mode parameters, whose result depends on the number of workers. Set it to 0, or use mode exact.",
        "sync.outer-momentum=1|Invalid sync.outer-momentum [1.0]: must be from 0.0 to 0.9999999999999999. Set it inside this range.",
        "sync.transport=round|Invalid sync.transport [round]: must be one of p2p, rounds. Use rounds.",
        "sync={transport: rounds, wire: bfloat16}|Invalid sync.wire [bfloat16]: with sync.transport rounds numbers travel as they are. Set it to float32, or sync.transport to p2p.",
        "sync={transport: rounds, levels: [{level: mid, mode: parameters}]}|Invalid sync.transport [rounds]: level mid is averaged with mode parameters, and rounds know exact only. Use mode exact, or set sync.transport to p2p.",
        "sync.wire=bf16|Invalid sync.wire [bf16]: must be one of float32, bfloat16. Use bfloat16.",
        "model.cms=[{name: a, period: 4}, {name: b, period: 2}]|Invalid model.cms.b.period [2]: levels stand fastest first, and the one before has period 4. Reorder them.",
        "model.cms=[{name: core, period: 4}]|Invalid model.cms name [core]: every level needs a name of its own, and core is taken. Rename it.",
        "model.cms=[{period: 4}]|Invalid model.cms name []: must be letters, digits and dashes. Name the level, as in {name: fast, period: 1}.",
        "model.architecture=tranformer|Invalid model.architecture [tranformer]: must be one of hope, hope-attention, transformer. Use transformer.",
        "model={architecture: transformer, cms: [{name: a}, {name: b}]}|Invalid model.cms [2 levels]: a transformer has exactly one. Set model.cms=[] for one of the usual size, or model.architecture=hope-attention to keep the levels.",
        "model={architecture: transformer, dim: 12, heads: 4}|Invalid model.heads [4]: rotary positions turn columns in pairs, and heads of model.dim [12] / 4 are 3 wide. Set model.dim to 16.",
        "model.attention.convolution=17|Invalid model.attention.convolution [17]: must be from 0 to 16. Set it inside this range.",
        "model.attention.rope-base=0.5|Invalid model.attention.rope-base [0.5]: must be from 1.0 to 1.0E9. Set it inside this range.",
        "model={cms: [{name: a, period: 2}, {name: b, period: 5}], cms-variant: nested}|Invalid model.cms.b.period [5]: with model.cms-variant nested it must be a multiple of the period [2] before it. Set it to 6.",
        "model.cms-variant=nest|Invalid model.cms-variant [nest]: must be one of sequential, independent, nested. Use nested.",
        "model.cms-initial-rate=1.5|Invalid model.cms-initial-rate [1.5]: must be from 0.0 to 1.0. Set it inside this range.",
        "model.memory.read=now|Invalid model.memory.read [now]: must be one of current, chunk-start. Use current.",
        "model.memory.dgd=maybe|Invalid model.memory.dgd [maybe]: must be true or false. See docs/configuration.md.",
        "model.memory.momentum=1|Invalid model.memory.momentum [1.0]: must be from 0.0 to 0.9999999999999999. Set it inside this range.",
        "model.memory.adaptive=[k, memori]|Invalid model.memory.adaptive [memori]: must be one of k, v, q, eta, alpha, memory. Use memory.",
        "model.memory.adaptive=[k, v]|Invalid model.memory.adaptive [k, v]: what the others learn reaches the output through memory only. Add memory, or leave the list empty.",
        "model.memory.adaptive=[memory, memory]|Invalid model.memory.adaptive [memory, memory]: a memory stands in it twice. Name it once.",
        "model.memory.adaptive=k|Invalid model.memory.adaptive [k]: must be a list. See docs/configuration.md.",
        "model.cms=3|Invalid model.cms [3]: must be a list. See docs/configuration.md.",
        "model=3|Invalid model [3]: must be a section of keys. See docs/configuration.md.",
        "dim|Invalid --set [dim]: must be key=value. Write it like --set model.dim=128.",
        "optimizer.name=moun|Invalid optimizer.name [moun]: must be one of adamw, sgd, muon. Use muon.",
        "optimizer.momentum=1|Invalid optimizer.momentum [1.0]: must be from 0.0 to 0.9999999999999999. Set it inside this range.",
        "optimizer.levels=[{level: slwo}]|Invalid optimizer.levels [slwo]: there is no such level among core, fast, mid, slow. Did you mean slow?",
        "optimizer.levels=[{level: mid, name: adam}]|Invalid optimizer.levels.mid.name [adam]: must be one of adamw, sgd, muon. Use adamw.",
        "optimizer.levels=[{level: mid, learning-rate: 11}]|Invalid optimizer.levels.mid.learning-rate [11.0]: must be from 2.2250738585072014E-308 to 10.0. Set it inside this range.",
        "optimizer.levels=[{level: mid}, {level: mid}]|Invalid optimizer.levels [mid twice]: every level is named at most once. Merge the two.",
        "optimizer.levels=[{level: mid, rate: 1}]|Invalid configuration key [optimizer.levels[0].rate]: there is no such key. Did you mean optimizer.levels[0].name?",
        "checkpoint.keep-every=1200|Invalid checkpoint.keep-every [1200]: must be a multiple of checkpoint.every-steps [500], or none of its steps has a checkpoint. Set it to 1000.",
        "optimizer.clip-norm=NaN|Invalid optimizer.clip-norm [NaN]: must be from 2.2250738585072014E-308 to 1.0E9. Set it inside this range.",
      })
  void mistakesAreNamedInOneLine(String override, String message) {
    assertThatThrownBy(() -> read("", override))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessage(message);
  }

  @Test
  void refusesTextThatIsNoMapping() {
    assertThatThrownBy(() -> read("- 1\n- 2\n"))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("the top must be a mapping of keys");
    assertThatThrownBy(() -> read("model: { dim: "))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("it is not YAML");
  }

  @Test
  void refusesAKeyGivenTwice() {
    assertThatThrownBy(() -> read("seed: 1\nseed: 2\n"))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("seed");
  }

  /** Every configuration that the documents ship. */
  @ParameterizedTest
  @ValueSource(
      strings = {"recall.yaml", "compare-hope.yaml", "compare-transformer.yaml", "modes.yaml"})
  void theExperimentsConfigurationsAreValid(String file) throws IOException {
    Path path = Path.of("..", "docs", "experiments", file);
    try (InputStream yaml = Files.newInputStream(path)) {
      RunConfig config = RunConfig.read(yaml, List.of());
      assertThat(config.training().steps()).isPositive();
    }
    try (Stream<Path> files = Files.list(path.getParent())) {
      assertThat(files.filter(other -> other.toString().endsWith(".yaml"))).hasSize(4);
    }
  }

  @Test
  void theConfigurationPageIsUpToDate() throws IOException {
    Path page = Path.of("..", "docs", "configuration.md");
    assertThat(Files.readString(page))
        .as("docs/configuration.md; write ConfigurationPage.markdown() there")
        .isEqualTo(ConfigurationPage.markdown());
  }

  @Test
  void distanceCountsInsertionsDeletionsAndSubstitutions() {
    assertThat(Nearest.distance("kitten", "sitting")).isEqualTo(3);
    assertThat(Nearest.distance("", "abc")).isEqualTo(3);
    assertThat(Nearest.of("perod", List.of("name", "period", "hidden-ratio"))).isEqualTo("period");
  }
}
