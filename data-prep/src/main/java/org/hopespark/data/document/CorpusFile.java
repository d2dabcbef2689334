// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.document;

import java.io.Serializable;
import java.util.Locale;
import java.util.Set;

/**
 * One file of the corpus.
 *
 * @param path full path with scheme
 * @param source the name it has in ids and documents: its path below the inputs' common root, which
 *     does not change when the corpus is moved
 * @param bytes size as stored
 */
public record CorpusFile(String path, String source, long bytes) implements Serializable {
  static final String TEXT = "text";
  static final String WIKITEXT = "wikitext";
  static final String CODE = "code";

  private static final Set<String> PROSE =
      Set.of("", "txt", "text", "tokens", "raw", "md", "markdown", "rst", "adoc", "tex", "html");

  /** Where WikiText is looked for; a heading of its form elsewhere belongs to some other markup. */
  private static final Set<String> WIKITEXT_EXTENSIONS = Set.of("", "txt", "text", "tokens", "raw");

  boolean isGzip() {
    return lowerName().endsWith(".gz");
  }

  boolean isZstandard() {
    return lowerName().endsWith(".zst");
  }

  boolean isJsonLines() {
    String extension = extension();
    return extension.equals("jsonl") || extension.equals("ndjson");
  }

  boolean mayBeWikiText() {
    return WIKITEXT_EXTENSIONS.contains(extension());
  }

  /** The domain of documents that name none themselves. */
  String domain() {
    return PROSE.contains(extension()) ? TEXT : CODE;
  }

  /** What follows the last dot of the name, once compression is taken off. */
  private String extension() {
    String name = lowerName();
    if (isGzip() || isZstandard()) {
      name = name.substring(0, name.lastIndexOf('.'));
    }

    return name.substring(name.lastIndexOf('.') + 1).equals(name)
        ? ""
        : name.substring(name.lastIndexOf('.') + 1);
  }

  private String lowerName() {
    return source.substring(source.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
  }
}
