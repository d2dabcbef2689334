// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileNotFoundException;
import java.io.UncheckedIOException;
import java.util.stream.Stream;
import org.apache.hadoop.security.AccessControlException;
import org.apache.spark.SparkException;
import org.hopespark.data.CorruptDataException;
import org.hopespark.data.InvalidInputException;
import org.hopespark.model.CorruptCheckpointException;
import org.hopespark.model.InvalidConfigException;
import org.hopespark.spark.ClusterFailureException;
import org.hopespark.spark.InvalidUsageException;
import org.hopespark.tokenizer.InvalidTokenizerException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TestFailure {
  static Stream<Arguments> exceptionsForUsers() {
    return Stream.of(
        Arguments.of(new InvalidTokenizerException("m"), 2),
        Arguments.of(new InvalidInputException("m"), 2),
        Arguments.of(new InvalidConfigException("m"), 2),
        Arguments.of(new InvalidUsageException("m"), 2),
        Arguments.of(new CorruptDataException("m"), 3),
        Arguments.of(new CorruptCheckpointException("m"), 3),
        Arguments.of(new ClusterFailureException("m"), 4));
  }

  @ParameterizedTest
  @MethodSource("exceptionsForUsers")
  void mapsEachExceptionForUsersToItsCode(RuntimeException e, int exitCode) {
    assertThat(Failure.of(e)).isEqualTo(new Failure(exitCode, "m"));
  }

  @ParameterizedTest
  @MethodSource("exceptionsForUsers")
  void findsThemBehindWhatSparkWrapsAroundThem(RuntimeException e, int exitCode) {
    Throwable wrapped =
        new RuntimeException("outer", new SparkException("Job aborted due to stage failure", e));

    assertThat(Failure.of(wrapped)).isEqualTo(new Failure(exitCode, "m"));
  }

  @Test
  void findsThemInTheTextThatSparkQuotes() {
    SparkException e =
        new SparkException(
            "Job aborted due to stage failure: Task 0 in stage 1.0 failed 1 times, most recent failure: Lost task 0.0: "
                + "org.hopespark.data.CorruptDataException: Invalid shard [a.arrow]: its digest differs. Tokenize again.\n\tat org.hopespark.data.X.y(X.java:1)");

    assertThat(Failure.of(e))
        .isEqualTo(new Failure(3, "Invalid shard [a.arrow]: its digest differs. Tokenize again."));
  }

  @Test
  void blamesTheDataRatherThanTheClusterThatItBroke() {
    Throwable e =
        new ClusterFailureException(
            "Cannot finish the segment.", new CorruptDataException("Invalid shard [a]: r. R."));

    assertThat(Failure.of(e)).isEqualTo(new Failure(3, "Invalid shard [a]: r. R."));
  }

  @Test
  void keepsTheOuterOfTwoUserErrors() {
    Throwable e = new InvalidUsageException("outer", new CorruptDataException("inner"));

    assertThat(Failure.of(e)).isEqualTo(new Failure(2, "outer"));
  }

  @Test
  void takesSparksOwnFailuresForTheClusters() {
    Failure failure = Failure.of(new SparkException("Executor lost.\nmore"));

    assertThat(failure.exitCode()).isEqualTo(4);
    assertThat(failure.line())
        .isEqualTo(
            "Cannot finish [SparkException]: Executor lost. Run it again with --verbose for the stack trace.");
  }

  @Test
  void takesDefectsInTasksForNoOnesFault() {
    Failure failure =
        Failure.of(new SparkException("Job aborted", new IllegalStateException("broken")));

    assertThat(failure)
        .isEqualTo(
            new Failure(
                1,
                "Cannot finish [IllegalStateException]: broken. Run it again with --verbose for the stack trace."));
  }

  @Test
  void survivesExceptionsWithoutMessageAndWithLoops() {
    RuntimeException a = new RuntimeException();
    RuntimeException b = new RuntimeException(null, a);
    a.initCause(b);

    assertThat(Failure.of(b).line())
        .isEqualTo(
            "Cannot finish [RuntimeException]: no message. Run it again with --verbose for the stack trace.");
  }

  @Test
  void takesMissingAndForbiddenFilesForBadInput() {
    assertThat(
            Failure.of(
                new UncheckedIOException(new FileNotFoundException("File /x does not exist"))))
        .isEqualTo(new Failure(2, "Cannot find a file: File /x does not exist. Check the path."));
    assertThat(
            Failure.of(
                new UncheckedIOException(new AccessControlException("/x: Permission denied."))))
        .isEqualTo(
            new Failure(2, "Cannot open a file: /x: Permission denied. Check its permissions."));
  }

  @Test
  void saysHowToGiveMoreHeap() {
    assertThat(Failure.of(new OutOfMemoryError("Java heap space")))
        .isEqualTo(
            new Failure(
                1,
                "Cannot finish: the Java heap is full (Java heap space). Give more with HOPE_HEAP=6g, or make the model smaller."));
  }
}
