// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.config;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hopespark.model.InvalidConfigException;

/** Shape of the model: what has to agree between a run and the checkpoint it continues. */
public record ModelConfig(
    @Key(
            defaultValue = "hope",
            range = "hope, hope-attention, transformer",
            description =
                "hope: self-modifying Titans followed by a chain of CMS levels; hope-attention: softmax attention in place of the Titans; transformer: attention and one MLP (Transformer++).")
        String architecture,
    @Key(
            name = "vocab-size",
            defaultValue = "8192",
            range = "2 to 1000000",
            description = "Number of token ids; has to be that of the data.")
        int vocabularySize,
    @Key(
            defaultValue = "256",
            range = "8 to 16384",
            description = "Width of the residual stream; a multiple of heads.")
        int dim,
    @Key(defaultValue = "4", range = "1 to 256", description = "Number of blocks.") int layers,
    @Key(
            defaultValue = "4",
            range = "1 to 256",
            description = "Heads of the Titans, each with six memories, or of the attention.")
        int heads,
    @Key(defaultValue = "{}", range = "section", description = "The memories of one head.")
        MemoryConfig memory,
    @Key(
            defaultValue = "{}",
            range = "section",
            description = "The attention of hope-attention and transformer.")
        AttentionConfig attention,
    @Key(
            defaultValue = "{}",
            range = "section",
            description =
                "Everything outside CMS: embedding, Titans or attention, norms of the stream.")
        CoreConfig core,
    @Key(
            defaultValue = "[]",
            range = "1 to 16 levels, fastest first; 1 for transformer",
            description =
                "Levels of the Continuum Memory System. Left empty: {name: fast, period: 1}, {name: mid, period: 4}, {name: slow, period: 16}; for transformer {name: mlp, period: 1, hidden-ratio: 3.0}, as many parameters in one.")
        List<CmsLevelConfig> cms,
    @Key(
            defaultValue = "sequential",
            range = "sequential, independent, nested",
            description =
                "sequential: a chain of levels (Eq. 73); independent: all levels on one input, their outputs in a learned weighted sum (Eq. 74); nested: the chain, and a level starts again from a learned initial state at the end of the next slower level's interval (Eq. 72).")
        String cmsVariant,
    @Key(
            defaultValue = "0.5",
            range = "0 to 1",
            description =
                "How far a nested level's initial state moves to where the level came, at the end of each interval; 1 is sequential, 0 never learns.")
        double cmsInitialRate) {

  private static final List<CmsLevelConfig> CMS =
      List.of(
          new CmsLevelConfig("fast", 1, 1),
          new CmsLevelConfig("mid", 4, 1),
          new CmsLevelConfig("slow", 16, 1));
  private static final List<CmsLevelConfig> MLP = List.of(new CmsLevelConfig("mlp", 1, 3));

  public ModelConfig {
    Checks.oneOf("model.architecture", architecture, "hope", "hope-attention", "transformer");
    if (cms.isEmpty()) {
      cms = architecture.equals("transformer") ? MLP : CMS;
    }
    Checks.range("model.vocab-size", vocabularySize, 2, 1_000_000);
    Checks.range("model.dim", dim, 8, 16_384);
    Checks.range("model.layers", layers, 1, 256);
    Checks.range("model.heads", heads, 1, 256);
    if (dim % heads != 0) {
      throw new InvalidConfigException(
          "Invalid model.dim [%d]: must be a multiple of model.heads [%d]. Set model.dim to %d, or model.heads to a divisor of %d."
              .formatted(dim, heads, Math.max(1, Math.round((float) dim / heads)) * heads, dim));
    }
    if (!architecture.equals("hope") && dim / heads % 2 != 0) {
      throw new InvalidConfigException(
          "Invalid model.heads [%d]: rotary positions turn columns in pairs, and heads of model.dim [%d] / %d are %d wide. Set model.dim to %d."
              .formatted(heads, dim, heads, dim / heads, dim + heads));
    }
    Checks.range("model.cms (number of levels)", cms.size(), 1, 16);
    if (architecture.equals("transformer") && cms.size() > 1) {
      throw new InvalidConfigException(
          "Invalid model.cms [%d levels]: a transformer has exactly one. Set model.cms=[] for one of the usual size, or model.architecture=hope-attention to keep the levels."
              .formatted(cms.size()));
    }
    Set<String> names = new HashSet<>(Set.of("core"));
    int slowest = 0;
    for (CmsLevelConfig level : cms) {
      if (!names.add(level.name())) {
        throw new InvalidConfigException(
            "Invalid model.cms name [%s]: every level needs a name of its own, and core is taken. Rename it."
                .formatted(level.name()));
      }
      if (level.period() < slowest) {
        throw new InvalidConfigException(
            "Invalid model.cms.%s.period [%d]: levels stand fastest first, and the one before has period %d. Reorder them."
                .formatted(level.name(), level.period(), slowest));
      }
      slowest = level.period();
    }
    Checks.oneOf("model.cms-variant", cmsVariant, "sequential", "independent", "nested");
    Checks.range("model.cms-initial-rate", cmsInitialRate, 0, 1);
    if (cmsVariant.equals("nested")) {
      checkNested(cms);
    }
    cms = List.copyOf(cms);
  }

  // A level that starts again inside its own interval would throw gradients away.
  private static void checkNested(List<CmsLevelConfig> cms) {
    for (int i = 0; i + 1 < cms.size(); i++) {
      int period = cms.get(i + 1).period();
      if (period % cms.get(i).period() != 0) {
        throw new InvalidConfigException(
            "Invalid model.cms.%s.period [%d]: with model.cms-variant nested it must be a multiple of the period [%d] before it. Set it to %d."
                .formatted(
                    cms.get(i + 1).name(),
                    period,
                    cms.get(i).period(),
                    (period / cms.get(i).period() + 1) * cms.get(i).period()));
      }
    }
  }

  /** Steps between two updates of every level, by name, core first. */
  public Map<String, Integer> levelPeriods() {
    Map<String, Integer> periods = new LinkedHashMap<>();
    periods.put("core", core.period());
    cms.forEach(level -> periods.put(level.name(), level.period()));
    return periods;
  }

  /** Refuses the name of a level that there is not, found under {@code key}. */
  void requireLevel(String key, String name) {
    Set<String> names = levelPeriods().keySet();
    if (!names.contains(name)) {
      throw new InvalidConfigException(
          "Invalid %s [%s]: there is no such level among %s. Did you mean %s?"
              .formatted(key, name, String.join(", ", names), Nearest.of(name, names)));
    }
  }

  /** Whether all CMS levels of a block read the same input. */
  public boolean independentCms() {
    return cmsVariant.equals("independent");
  }

  /** Whether CMS levels start again from learned initial states. */
  public boolean nestedCms() {
    return cmsVariant.equals("nested");
  }

  /** Whether softmax attention stands in place of the Titans. */
  public boolean attends() {
    return !architecture.equals("hope");
  }

  /** Width of one head. */
  public int headWidth() {
    return dim / heads;
  }

  /** Hidden width of one memory. */
  public int memoryHidden() {
    return Math.max(1, (int) Math.round(headWidth() * memory.hiddenRatio()));
  }
}
