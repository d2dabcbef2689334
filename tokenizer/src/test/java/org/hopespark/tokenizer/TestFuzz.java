// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Random and mutated files and texts: each file is read or refused in one line that names a field,
 * and what a tokenizer encodes it decodes. {@code -Dhope.fuzz.minutes=30} goes on that long from
 * another seed.
 */
class TestFuzz {
  private static final int NUM_FILES = 1_500;
  private static final Duration LONGEST = Duration.ofSeconds(20);
  private static final String[] VALUES = {
    "null",
    "true",
    "-1",
    "1e9",
    "2147483648",
    "0.5",
    "\"\"",
    "\"a b\"",
    "\"NFC\"",
    "\"Sequence\"",
    "\"\\n\\u2028\"",
    "[]",
    "[[]]",
    "{}",
    "{\"type\": \"Sequence\"}",
    "[\"a\", \"b\"]"
  };

  @Test
  void readsOrRefusesEveryFileAndDecodesWhatItEncodes() {
    long minutes = Long.getLong("hope.fuzz.minutes", 0);
    long seed = minutes == 0 ? 601 : System.nanoTime();
    long end = System.nanoTime() + Duration.ofMinutes(minutes).toNanos();
    Random random = new Random(seed);
    int numRead = 0;
    int numTried = 0;
    while (numTried < NUM_FILES || System.nanoTime() - end < 0) {
      String trial = "seed %d, file %d".formatted(seed, numTried);
      byte[] file = random.nextInt(4) == 0 ? mutatedBytes(random) : mutatedTree(random);
      long start = System.nanoTime();
      numRead += survives(file, random, trial) ? 1 : 0;
      assertThat(Duration.ofNanos(System.nanoTime() - start)).as(trial).isLessThan(LONGEST);
      numTried++;
    }
    System.out.printf("fuzz: seed %d, %d of %d files read%n", seed, numRead, numTried);
    assertThat(numRead).isGreaterThan(numTried / 50).isLessThan(numTried);
  }

  @Test
  void readsOrRefusesEveryRankFile() {
    long seed = 602;
    Random random = new Random(seed);
    StringBuilder ranks = new StringBuilder();
    Golden.parse("golden-rules.json")
        .get("ranks")
        .forEach(l -> ranks.append(l.asText()).append('\n'));
    for (int trial = 0; trial < 300; trial++) {
      byte[] file = mutated(ranks.toString().getBytes(UTF_8), random);
      try {
        Tokenizer tokenizer =
            Tokenizer.readTiktoken(
                new ByteArrayInputStream(file), SplitRule.O200K, Map.of("<|endoftext|>", 1000));
        encodes(tokenizer, random, "seed %d, ranks %d".formatted(seed, trial));
      } catch (InvalidTokenizerException e) {
        assertThat(e.getMessage()).matches("(Invalid|Missing) .*\\[.*]: .+\\. .+\\.");
      }
    }
  }

  private static boolean survives(byte[] file, Random random, String trial) {
    Tokenizer tokenizer;
    try {
      tokenizer = Tokenizer.read(new ByteArrayInputStream(file));
    } catch (InvalidTokenizerException e) {
      assertThat(e.getMessage()).as(trial).matches("(Invalid|Missing) .*: .+\\. .+\\.");
      return false;
    }

    encodes(tokenizer, random, trial);
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    tokenizer.write(written);
    Tokenizer again = Tokenizer.read(new ByteArrayInputStream(written.toByteArray()));
    assertThat(again.digest()).as(trial).isEqualTo(tokenizer.digest());
    byte[] text = RandomText.brokenUtf8(random, 40);
    assertThat(again.encode(text)).as(trial).isEqualTo(tokenizer.encode(text));
    return true;
  }

  private static void encodes(Tokenizer tokenizer, Random random, String trial) {
    for (int i = 0; i < 4; i++) {
      byte[] text = RandomText.text(random, random.nextInt(60)).getBytes(UTF_8);
      if (i == 0) {
        text = " ".repeat(random.nextInt(3_000)).getBytes(UTF_8);
      }
      byte[] decoded = tokenizer.decode(tokenizer.encode(text));
      assertThat(tokenizer.isNormalizing() || java.util.Arrays.equals(decoded, text))
          .as(trial)
          .isTrue();
    }
  }

  private static byte[] mutatedBytes(Random random) {
    return mutated(Golden.tokenizerJson().toString().getBytes(UTF_8), random);
  }

  private static byte[] mutated(byte[] file, Random random) {
    for (int i = random.nextInt(3); i >= 0; i--) {
      int at = random.nextInt(file.length);
      file[at] =
          (byte)
              (random.nextBoolean() ? random.nextInt(256) : "{}[]\",: 0".charAt(random.nextInt(9)));
    }
    return random.nextInt(10) == 0
        ? java.util.Arrays.copyOf(file, random.nextInt(file.length))
        : file;
  }

  /** The golden file with some nodes replaced, removed, or added. */
  private static byte[] mutatedTree(Random random) {
    ObjectNode root = Golden.tokenizerJson();
    if (random.nextBoolean()) {
      root.putObject("normalizer").put("type", "NFC");
    }
    if (random.nextBoolean()) {
      ArrayNode steps =
          root.putObject("pre_tokenizer").put("type", "Sequence").putArray("pretokenizers");
      String[] labels = SplitRule.labels().split(", ", -1);
      SplitRule rule = SplitRule.named(labels[random.nextInt(labels.length)]);
      steps
          .addObject()
          .put("type", "Split")
          .put("behavior", "Isolated")
          .putObject("pattern")
          .put("Regex", rule.expression());
      steps
          .addObject()
          .put("type", "ByteLevel")
          .put("add_prefix_space", false)
          .put("use_regex", false);
    }
    ArrayNode added = (ArrayNode) root.get("added_tokens");
    int numAdded = random.nextInt(4);
    for (int i = 0; i < numAdded; i++) {
      String content = RandomText.text(random, 1 + random.nextInt(3)) + i;
      added
          .addObject()
          .put("id", 600 + i)
          .put("content", content)
          .put("normalized", random.nextBoolean())
          .put("special", random.nextBoolean());
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      mutate(root, random);
    }
    return root.toString().getBytes(UTF_8);
  }

  private static void mutate(JsonNode root, Random random) {
    JsonNode node = root;
    while (true) {
      List<String> names = new ArrayList<>();
      node.fieldNames().forEachRemaining(names::add);
      int size = node.size();
      if (size == 0) {
        return;
      }

      int place = random.nextInt(size);
      JsonNode child = node.isObject() ? node.get(names.get(place)) : node.get(place);
      if (child.size() > 0 && random.nextInt(4) > 0) {
        node = child;
        continue;
      }

      JsonNode value = value(random);
      if (node instanceof ObjectNode object) {
        if (random.nextInt(3) == 0) {
          object.remove(names.get(place));
        } else {
          object.set(names.get(place), value);
        }
      } else if (node instanceof ArrayNode array) {
        array.set(place, value);
      }
      return;
    }
  }

  private static JsonNode value(Random random) {
    try {
      return Golden.MAPPER.readTree(VALUES[random.nextInt(VALUES.length)]);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
