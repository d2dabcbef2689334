// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.document;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * WikiText, tokenised or raw: articles one after another. An article starts at a level-1 heading
 * {@code = Title =} with a blank line (or the file's border) on both sides; {@code = = Section = =}
 * is of a deeper level, and a line of an article's body that looks like a heading has text next to
 * it. A document is the lines of its article as they stand, without the blank lines around them.
 */
final class WikiTextReader implements RecordReader {
  private final CorpusStream in;
  private final LineReader lines;
  private final Article article = new Article();

  /** A heading whose next line is not read yet; null where there is none. */
  private Unicode pending;

  private boolean afterBlank = true;

  WikiTextReader(CorpusStream in) {
    this.in = in;
    this.lines = new LineReader(in, MAX_RECORD_BYTES);
  }

  /** Whether the first line that is not blank is a level-1 heading with a blank line after it. */
  static boolean recognises(CorpusFile file, CorpusStream in) throws IOException {
    if (!file.mayBeWikiText()) {
      return false;
    }

    String[] ahead = new String(in.peek(), StandardCharsets.UTF_8).split("\n", -1);
    for (int i = 0; i < ahead.length; i++) {
      if (!ahead[i].isBlank()) {
        return isTitle(ahead[i]) && i + 1 < ahead.length && ahead[i + 1].isBlank();
      }
    }

    return false;
  }

  @Override
  public SourceRecord next() throws IOException {
    while (lines.next()) {
      if (lines.isTooLong()) {
        article.overflow();
        continue;
      }

      Unicode line = Unicode.decode(lines.bytes(), 0, lines.length());
      SourceRecord finished = accept(line);
      if (finished != null) {
        return finished;
      }
    }

    if (pending != null) {
      // A heading on the last line has the file's border after it.
      SourceRecord finished = article.finish();
      article.add(pending);
      pending = null;
      if (finished != null) {
        return finished;
      }
    }

    return article.finish();
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  /** Takes the line; returns the article before it if the line shows that a new one has begun. */
  private SourceRecord accept(Unicode line) {
    SourceRecord finished = null;
    boolean blank = line.isBlank();
    if (pending != null) {
      if (blank) {
        finished = article.finish();
      }

      article.add(pending);
      pending = null;
    }

    if (!blank && afterBlank && isTitle(line.text())) {
      pending = line;
    } else {
      article.add(line);
    }

    afterBlank = blank;
    return finished;
  }

  /** {@code = Title =}, and not {@code = = Section = =}. */
  private static boolean isTitle(String line) {
    String stripped = line.strip();
    boolean heading =
        stripped.length() >= 5 && stripped.startsWith("= ") && stripped.endsWith(" =");
    if (!heading) {
      return false;
    }

    String title = stripped.substring(1, stripped.length() - 1).strip();
    return !title.startsWith("=") && !title.endsWith("=");
  }

  /** The lines gathered so far; blank lines are held back until text follows them. */
  private static final class Article {
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder blanks = new StringBuilder();
    private boolean repaired;
    private boolean overflown;

    void add(Unicode line) {
      if (line.isBlank()) {
        if (!text.isEmpty()) {
          blanks.append(line.text()).append('\n');
        }

        return;
      }

      if ((long) text.length() + blanks.length() + line.text().length() > MAX_RECORD_BYTES) {
        overflow();
        return;
      }

      text.append(blanks).append(line.text()).append('\n');
      blanks.setLength(0);
      repaired |= line.repaired();
    }

    void overflow() {
      overflown = true;
      blanks.setLength(0);
    }

    /** The document, or null where no line has come since the last one. */
    SourceRecord finish() {
      SourceRecord record = null;
      if (overflown) {
        record = SourceRecord.dropped(CorpusFile.WIKITEXT, DropReason.TOO_LONG);
      } else if (!text.isEmpty()) {
        record = SourceRecord.of(CorpusFile.WIKITEXT, new Unicode(text.toString(), repaired));
      }

      text.setLength(0);
      blanks.setLength(0);
      repaired = false;
      overflown = false;
      return record;
    }
  }
}
