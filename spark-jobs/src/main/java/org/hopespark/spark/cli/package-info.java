// SPDX-License-Identifier: Apache-2.0
/**
 * The command line. {@link org.hopespark.spark.cli.Hope} parses the arguments and runs one command;
 * each command is a file that checks its options, calls the action of another package and prints
 * aligned lines. Whatever goes wrong passes {@code Failure}, which turns it into one line and an
 * exit code.
 */
package org.hopespark.spark.cli;
