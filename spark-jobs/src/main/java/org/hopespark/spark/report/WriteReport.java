// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.report;

import java.util.List;
import org.apache.hadoop.conf.Configuration;

/**
 * Writes the report of one run, or the comparison of several, as one HTML file that needs nothing
 * beside it: style and charts are inline, there is no script. By default it draws every file that
 * it finds in the run directory and says what is missing.
 */
public final class WriteReport {
  private final Configuration hadoop;
  private List<String> runs = List.of();
  private String output;
  private boolean replaces;

  public WriteReport(Configuration hadoop) {
    this.hadoop = hadoop;
  }

  /** Sets the run directories, at least one. */
  public WriteReport runs(List<String> directories) {
    this.runs = List.copyOf(directories);
    return this;
  }

  /** Sets the file to create; by default it must not exist. */
  public WriteReport output(String file) {
    this.output = file;
    return this;
  }

  /** Lets the output take the place of one that exists. */
  public WriteReport replaceExisting() {
    this.replaces = true;
    return this;
  }

  /**
   * Draws and writes the page, and returns its path.
   *
   * @throws org.hopespark.spark.InvalidUsageException if a directory is no run, or the output
   *     exists
   */
  public String execute() {
    List<Run> read = runs.stream().map(run -> new RunDirectory(hadoop, run).read()).toList();
    String page =
        read.size() == 1 ? new RunPage(read.get(0)).html() : new ComparisonPage(read).html();
    TextFiles files = new TextFiles(hadoop);
    if (replaces) {
      files.replace(output, page);
    } else {
      files.create(output, page);
    }

    return output;
  }
}
