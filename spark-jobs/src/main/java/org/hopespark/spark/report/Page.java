// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The frame of a page: head with the inline style sheet, a title, sections, a foot. */
final class Page {
  private static final String STYLE = "/report/report.css";

  private final StringBuilder body = new StringBuilder();
  private final String title;

  Page(String title, String subtitle) {
    this.title = title;
    body.append("<header><p class=\"mark\">Hope on Spark</p><h1>")
        .append(Html.escape(title))
        .append("</h1>");
    body.append("<p class=\"subtitle\">").append(Html.escape(subtitle)).append("</p></header>\n");
  }

  /** Adds a section; {@code content} is markup. */
  Page section(String heading, String content) {
    body.append("<section><h2>")
        .append(Html.escape(heading))
        .append("</h2>\n")
        .append(content)
        .append("</section>\n");
    return this;
  }

  /** Adds markup between sections. */
  Page block(String content) {
    body.append(content);
    return this;
  }

  String html() {
    return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<title>"
        + Html.escape(title)
        + "</title>\n<style>\n"
        + style()
        + "</style>\n</head>\n<body>\n<main>\n"
        + body
        + "<footer>Losses are in nats per token. This page needs no network and no script.</footer>\n</main>\n</body>\n</html>\n";
  }

  /** Returns a paragraph of plain text. */
  static String paragraph(String text) {
    return "<p>" + Html.escape(text) + "</p>\n";
  }

  /** Returns a remark set smaller. */
  static String note(String text) {
    return "<p class=\"note\">" + Html.escape(text) + "</p>\n";
  }

  private static String style() {
    try (InputStream in = Page.class.getResourceAsStream(STYLE)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the style sheet of the report.", e);
    }
  }
}
