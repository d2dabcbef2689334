// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The main class, of {@code ./hope} and of spark-submit alike. Exit codes: 0 done, 2 usage or bad
 * input, 3 bad data, 4 cluster failure, 1 anything else.
 */
@Command(
    name = "hope",
    description = "Pretrains HOPE models on Apache Spark.",
    synopsisSubcommandLabel = "COMMAND",
    scope = ScopeType.INHERIT,
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpWidth = 100,
    version = "Hope on Spark 0.1.0",
    footer = {
      "",
      "Exit codes: 0 done, 2 usage or bad input, 3 bad data, 4 cluster failure, 1 anything else."
    },
    subcommands = {
      QuickstartCommand.class,
      PrepareCommand.class,
      TrainTokenizerCommand.class,
      ConvertTokenizerCommand.class,
      EncodeCommand.class,
      DecodeCommand.class,
      TokenizeCommand.class,
      VerifyCommand.class,
      TrainCommand.class,
      EvaluateCommand.class,
      GenerateCommand.class,
      CheckpointsCommand.class,
      ReportCommand.class,
      BenchCommand.class,
      PlanCommand.class,
      DoctorCommand.class
    })
public final class Hope implements Runnable {
  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Print the stack trace of a failure.")
  boolean verbose;

  @Spec CommandSpec spec;

  public static void main(String[] args) {
    System.exit(execute(Terminal.ofProcess(), args));
  }

  /**
   * Runs one command and returns its exit code; whatever is thrown becomes one line on standard
   * error.
   */
  static int execute(Terminal terminal, String... args) {
    Hope hope = new Hope();
    CommandLine commandLine = new CommandLine(hope, new TerminalFactory(terminal));
    commandLine.setOut(
        new PrintWriter(
            new OutputStreamWriter(terminal.out(), StandardCharsets.UTF_8), /* autoFlush= */ true));
    commandLine.setParameterExceptionHandler(
        (e, arguments) -> hope.fail(terminal, UsageErrors.failure(e), e));
    commandLine.setExecutionExceptionHandler(
        (e, command, parsed) -> hope.fail(terminal, Failure.of(e), e));
    try {
      return commandLine.execute(args);
    } catch (Error e) {
      return hope.fail(terminal, Failure.of(e), e);
    }
  }

  /** Without a command: says which there are. */
  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  private int fail(Terminal terminal, Failure failure, Throwable thrown) {
    terminal.error(failure.line());
    if (verbose || System.getenv("HOPE_DEBUG") != null) {
      thrown.printStackTrace(terminal.err());
    }

    return failure.exitCode();
  }
}
