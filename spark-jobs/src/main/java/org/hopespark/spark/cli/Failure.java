// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import java.io.FileNotFoundException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.security.AccessControlException;
import org.apache.spark.SparkException;
import org.hopespark.data.CorruptDataException;
import org.hopespark.data.InvalidInputException;
import org.hopespark.model.CorruptCheckpointException;
import org.hopespark.model.InvalidConfigException;
import org.hopespark.spark.ClusterFailureException;
import org.hopespark.spark.InvalidUsageException;
import org.hopespark.tokenizer.InvalidTokenizerException;

/**
 * What a failed command says and returns.
 *
 * @param exitCode one of {@link ExitCodes}
 * @param line one line, without the program's name
 */
record Failure(int exitCode, String line) {
  /** Exceptions whose message is written for the user. */
  private static final Map<Class<? extends Throwable>, Integer> OURS = new LinkedHashMap<>();

  static {
    OURS.put(InvalidTokenizerException.class, ExitCodes.BAD_INPUT);
    OURS.put(InvalidInputException.class, ExitCodes.BAD_INPUT);
    OURS.put(CorruptDataException.class, ExitCodes.BAD_DATA);
    OURS.put(InvalidConfigException.class, ExitCodes.BAD_INPUT);
    OURS.put(CorruptCheckpointException.class, ExitCodes.BAD_DATA);
    OURS.put(ClusterFailureException.class, ExitCodes.CLUSTER_FAILURE);
    OURS.put(InvalidUsageException.class, ExitCodes.BAD_INPUT);
  }

  /**
   * Spark quotes the exception of a task in its own message; it is all that is left of one that
   * could not be serialised.
   */
  private static final Pattern QUOTED =
      Pattern.compile("(org\\.hopespark\\.[\\w.]+Exception): ([^\\n\\r]+)");

  static Failure of(Throwable thrown) {
    List<Throwable> chain = chain(thrown);
    Failure failure = ours(chain);
    if (failure == null) {
      failure = quoted(chain);
    }

    if (failure == null) {
      failure = files(chain);
    }

    return failure == null ? unexpected(chain) : failure;
  }

  /**
   * The innermost of our exceptions would be the most exact, the outermost knows what the user
   * asked for: where a cluster failure wraps bad data, the data is to blame.
   */
  private static Failure ours(List<Throwable> chain) {
    Failure found = null;
    for (Throwable link : chain) {
      Integer exitCode = OURS.get(link.getClass());
      if (exitCode != null && (found == null || found.exitCode() == ExitCodes.CLUSTER_FAILURE)) {
        found = new Failure(exitCode, firstLine(link.getMessage()));
      }
    }

    return found;
  }

  private static Failure quoted(List<Throwable> chain) {
    for (Throwable link : chain) {
      Matcher matcher = QUOTED.matcher(String.valueOf(link.getMessage()));
      while (matcher.find()) {
        for (Map.Entry<Class<? extends Throwable>, Integer> entry : OURS.entrySet()) {
          if (entry.getKey().getName().equals(matcher.group(1))) {
            return new Failure(entry.getValue(), matcher.group(2));
          }
        }
      }
    }

    return null;
  }

  private static Failure files(List<Throwable> chain) {
    for (Throwable link : chain) {
      if (link instanceof FileNotFoundException) {
        return badInput("Cannot find a file: %s. Check the path.", link);
      }

      if (link instanceof FileAlreadyExistsException) {
        return badInput("Cannot write: %s. Remove it, or name another output.", link);
      }

      if (link instanceof AccessControlException) {
        return badInput("Cannot open a file: %s. Check its permissions.", link);
      }
    }

    return null;
  }

  private static Failure badInput(String pattern, Throwable link) {
    return new Failure(
        ExitCodes.BAD_INPUT, pattern.formatted(withoutFullStop(firstLine(link.getMessage()))));
  }

  private static Failure unexpected(List<Throwable> chain) {
    Throwable innermost = chain.get(chain.size() - 1);
    if (chain.stream().anyMatch(OutOfMemoryError.class::isInstance)) {
      return new Failure(
          ExitCodes.OTHER,
          "Cannot finish: the Java heap is full (%s). Give more with HOPE_HEAP=6g, or make the model smaller."
              .formatted(firstLine(innermost.getMessage())));
    }

    boolean isSparks = innermost instanceof SparkException;
    return new Failure(
        isSparks ? ExitCodes.CLUSTER_FAILURE : ExitCodes.OTHER,
        "Cannot finish [%s]: %s. Run it again with --verbose for the stack trace."
            .formatted(
                innermost.getClass().getSimpleName(),
                withoutFullStop(firstLine(innermost.getMessage()))));
  }

  private static List<Throwable> chain(Throwable thrown) {
    List<Throwable> chain = new ArrayList<>();
    for (Throwable link = thrown; link != null && !chain.contains(link); link = link.getCause()) {
      chain.add(link);
    }

    return chain;
  }

  private static String firstLine(String message) {
    return message == null ? "no message" : message.lines().findFirst().orElse("").strip();
  }

  private static String withoutFullStop(String line) {
    return line.endsWith(".") ? line.substring(0, line.length() - 1) : line;
  }
}
