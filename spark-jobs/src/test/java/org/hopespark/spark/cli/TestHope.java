// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TestHope {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "trian|Invalid command [trian]: hope has no such command. Did you mean train? See hope --help.",
        "--colour|Invalid option [--colour]: hope has no such option. See hope --help.",
        "verify a b|Invalid argument [b]: hope verify has no such argument. See hope verify --help.",
        "verify|Missing argument [DIR]: hope verify needs it. See hope verify --help.",
        "report --run r|Missing option [--output]: hope report needs it. See hope report --help.",
        "report --run r --output|Missing value of option [--output]: it takes FILE. See hope report --help.",
        "prepare --input a --outptu b|Missing option [--output]: hope prepare needs it. See hope prepare --help.",
        "prepare --input a --output b --outptu c|Invalid option [--outptu]: hope prepare has no such option. Did you mean --output? See hope prepare --help.",
        "generate --checkpoint c --prompt p --top-k many|Invalid value [many] of --top-k: must be a whole number. See hope generate --help.",
        "generate --checkpoint c --prompt p --temperature warm|Invalid value [warm] of --temperature: must be a number. See hope generate --help.",
        "report --run r --output a --output b|Invalid option [--output]: it was given twice. Give it once."
      })
  void tellsUsageErrorsInOneLine(String arguments, String line) {
    Cli cli = Cli.run(arguments.split(" "));

    assertThat(cli.err()).isEqualTo("hope: " + line + "\n");
    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.out()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "quickstart",
        "prepare",
        "train-tokenizer",
        "convert-tokenizer",
        "encode",
        "decode",
        "tokenize",
        "verify",
        "train",
        "evaluate",
        "generate",
        "checkpoints",
        "report",
        "doctor"
      })
  void helpsWithEveryCommand(String command) {
    Cli cli = Cli.run(command, "--help");

    assertThat(cli.exitCode()).isZero();
    assertThat(cli.out()).startsWith("Usage: hope " + command + " ").contains("Exit codes: 0 done");
    assertThat(Cli.run().out()).contains("\n  " + command + " ");
  }

  @Test
  void saysWhichCommandsThereAreWhenGivenNone() {
    Cli cli = Cli.run();

    assertThat(cli.exitCode()).isZero();
    assertThat(cli.out()).startsWith("Usage: hope ");
    assertThat(cli.err()).isEmpty();
  }

  @Test
  void printsStackTracesOnlyWhenAsked() {
    assertThat(Cli.run("verify", "/none/such").err()).doesNotContain("\tat ").hasLineCount(1);
    assertThat(Cli.run("verify", "/none/such", "--verbose").err()).contains("\tat ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"locl", "local[0x]", "spark:/host", "local-cluster[2,1]", "yarn-cluster"})
  void rejectsMastersThatSparkDoesNotHave(String master) {
    Cli cli = Cli.run("prepare", "--input", "a", "--output", "b", "--master", master);

    assertThat(cli.err())
        .isEqualTo(
            "hope: Invalid --master [%s]: Spark has no such master. Give local[*], local-cluster[2,1,4096], spark://host:port, yarn or k8s://url.\n"
                .formatted(master));
    assertThat(cli.exitCode()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "local",
        "local[4]",
        "local[*]",
        "local[2,3]",
        "local-cluster[2,1,4096]",
        "spark://h:7077",
        "yarn",
        "k8s://https://h:6443"
      })
  void acceptsMastersThatSparkHas(String master) {
    assertThatCode(() -> ClusterOptions.requireValid(master)).doesNotThrowAnyException();
  }
}
