// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.hopespark.spark.report.Numbers;
import org.hopespark.spark.report.Table;
import picocli.CommandLine.Command;

/** {@code hope doctor}. */
@Command(
    name = "doctor",
    description = "Checks Java, memory, native libraries and Spark, with a fix per failed line.")
final class DoctorCommand implements Callable<Integer> {
  private final Terminal terminal;

  DoctorCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    List<Check> checks = new Doctor(System::getProperty, System.getenv()::get).checks();
    Table table = new Table().text("").text("").text("");
    for (Check check : checks) {
      table.row(check.passed() ? "ok" : "FAIL", check.name(), check.found());
      if (!check.passed()) {
        table.row("", "", "fix: " + check.fix());
      }
    }

    terminal.table(table);
    long failed = checks.stream().filter(check -> !check.passed()).count();
    terminal
        .out()
        .println(
            "%s passed, %s failed"
                .formatted(Numbers.count(checks.size() - failed), Numbers.count(failed)));
    return failed == 0 ? ExitCodes.DONE : ExitCodes.OTHER;
  }
}
