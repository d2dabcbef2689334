// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.hopespark.spark.report.Numbers;
import org.hopespark.spark.report.TextFiles;
import org.hopespark.tokenizer.Tokenizer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code hope convert-tokenizer}: between the files that hold a byte-level BPE, so that the other
 * commands know one of them alone.
 */
@Command(
    name = "convert-tokenizer",
    description = {
      "Writes a tokenizer as tokenizer.json, GPT-2's two files or a rank file of tiktoken.",
      "Its input is one of the three, told by its content."
    })
final class ConvertTokenizerCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Option(
      names = "--input",
      required = true,
      paramLabel = "FILE",
      description = "tokenizer.json, GPT-2's vocab.bpe (or merges.txt), or a rank file.")
  String input;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description = "File to create; a directory for --to gpt2.")
  String output;

  @Option(
      names = "--to",
      paramLabel = "KIND",
      defaultValue = "tokenizer.json",
      description = "tokenizer.json, gpt2 or tiktoken. Default: ${DEFAULT-VALUE}.")
  String kind;

  @Option(
      names = "--vocabulary",
      paramLabel = "FILE",
      description = "Vocabulary of a vocab.bpe. Default: encoder.json or vocab.json beside it.")
  String vocabulary;

  @Option(
      names = "--split-rule",
      paramLabel = "RULE",
      description = "How text is split under a rank file: gpt2, cl100k, qwen2 or o200k.")
  String splitRule;

  @Option(
      names = "--special",
      paramLabel = "NAME=ID",
      description = "A special token of a rank file, <|endoftext|> first; may be given again.")
  List<String> special = List.of();

  ConvertTokenizerCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    TokenizerKind to = TokenizerKind.named(kind);
    Configuration hadoop = new Configuration();
    Outputs.requireAbsent(new TextFiles(hadoop), output);
    TokenizerSource source =
        TokenizerSource.read(new Inputs(terminal), input, vocabulary, splitRule, special);
    Outputs.createAll(hadoop, output, files(to, source.tokenizer()));
    terminal.line(
        "tokenizer",
        "%s to %s, rule %s, %s ids, sha256 %s"
            .formatted(
                source.kind(),
                to,
                source.tokenizer().splitRule().label(),
                Numbers.count(source.tokenizer().vocabularySize()),
                source.tokenizer().digest()));
    return ExitCodes.DONE;
  }

  /** Bytes by path. The file that a directory is known by comes last. */
  private Map<String, byte[]> files(TokenizerKind to, Tokenizer tokenizer) {
    Map<String, byte[]> files = new LinkedHashMap<>();
    switch (to) {
      case JSON -> files.put(output, bytes(tokenizer::write));
      case TIKTOKEN -> files.put(output, bytes(tokenizer::writeTiktoken));
      case GPT2 -> {
        ByteArrayOutputStream merges = new ByteArrayOutputStream();
        files.put(output + "/encoder.json", bytes(out -> tokenizer.writeGpt2(out, merges)));
        files.put(output + "/vocab.bpe", merges.toByteArray());
      }
    }
    return files;
  }

  private static byte[] bytes(Consumer<OutputStream> writer) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    writer.accept(out);
    return out.toByteArray();
  }
}
