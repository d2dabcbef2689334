// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import java.util.List;
import org.hopespark.model.config.Nearest;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What the parser says, in one line of the house form. */
final class UsageErrors {
  private UsageErrors() {}

  static Failure failure(ParameterException e) {
    return new Failure(ExitCodes.BAD_INPUT, line(e));
  }

  private static String line(ParameterException e) {
    String command = e.getCommandLine().getCommandSpec().qualifiedName();
    String help = "See %s --help.".formatted(command);
    if (e instanceof UnmatchedArgumentException unmatched) {
      return unmatched(command, unmatched, help);
    }

    if (e instanceof MissingParameterException missing && !missing.getMissing().isEmpty()) {
      return missing(command, missing, help);
    }

    if (e instanceof OverwrittenOptionException overwritten) {
      return "Invalid option [%s]: it was given twice. Give it once."
          .formatted(name(overwritten.getOverwritten()));
    }

    ArgSpec argument = e.getArgSpec();
    if (argument != null && e.getValue() != null) {
      return "Invalid value [%s] of %s: must be %s. %s"
          .formatted(e.getValue(), name(argument), expectation(argument.type()), help);
    }

    return "Invalid command line [%s]: %s %s".formatted(command, sentence(e.getMessage()), help);
  }

  private static String unmatched(String command, UnmatchedArgumentException e, String help) {
    String given = e.getUnmatched().get(0);
    boolean takesCommands = !e.getCommandLine().getSubcommands().isEmpty();
    String kind = given.startsWith("-") ? "option" : takesCommands ? "command" : "argument";
    // The parser's own likeness counts shared pairs of letters and takes trian for plan.
    List<String> suggestions =
        kind.equals("command")
            ? List.of(Nearest.of(given, e.getCommandLine().getSubcommands().keySet()))
            : e.getSuggestions();
    String remedy =
        suggestions.isEmpty() ? help : "Did you mean %s? %s".formatted(suggestions.get(0), help);
    return "Invalid %s [%s]: %s has no such %s. %s".formatted(kind, given, command, kind, remedy);
  }

  private static String missing(String command, MissingParameterException e, String help) {
    ArgSpec argument = e.getMissing().get(0);
    boolean isAbsent = e.getMessage().startsWith("Missing required option") || !argument.isOption();
    if (isAbsent) {
      return "Missing %s [%s]: %s needs it. %s"
          .formatted(argument.isOption() ? "option" : "argument", name(argument), command, help);
    }

    return "Missing value of option [%s]: it takes %s. %s"
        .formatted(name(argument), argument.paramLabel(), help);
  }

  private static String name(ArgSpec argument) {
    return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
  }

  private static String expectation(Class<?> type) {
    if (type == int.class || type == long.class || type == Integer.class || type == Long.class) {
      return "a whole number";
    }

    if (type == double.class || type == Double.class) {
      return "a number";
    }

    return type.isEnum() ? "one of the values that the help names" : "what the help says";
  }

  private static String sentence(String message) {
    String line = message.lines().findFirst().orElse("").strip();
    return line.endsWith(".") ? line : line + ".";
  }
}
