// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.document;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;

/**
 * The Pile's form: one object per line with {@code text} and, if the text has an origin, {@code
 * meta.pile_set_name}. Other fields are skipped. Where a key is repeated the last one counts, as in
 * Python.
 */
final class JsonLinesReader implements RecordReader {
  /** Jackson stops at 20 million characters by default and books are longer. */
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(MAX_RECORD_BYTES).build())
          .build();

  private final CorpusStream in;
  private final LineReader lines;

  JsonLinesReader(CorpusStream in) throws IOException {
    in.skipByteOrderMark();
    this.in = in;
    this.lines = new LineReader(in, MAX_RECORD_BYTES);
  }

  @Override
  public SourceRecord next() throws IOException {
    if (!lines.next()) {
      return null;
    }

    if (lines.isTooLong()) {
      return SourceRecord.dropped(CorpusFile.TEXT, DropReason.TOO_LONG);
    }

    Unicode line = Unicode.decode(lines.bytes(), 0, lines.length());
    if (line.isBlank()) {
      return SourceRecord.dropped(CorpusFile.TEXT, DropReason.BLANK_LINE);
    }

    try (JsonParser parser = FACTORY.createParser(line.text())) {
      return record(parser, line.repaired());
    } catch (JsonProcessingException e) {
      return SourceRecord.dropped(CorpusFile.TEXT, DropReason.INVALID_JSON);
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private static SourceRecord record(JsonParser parser, boolean repaired) throws IOException {
    boolean object = parser.nextToken() == JsonToken.START_OBJECT;
    JsonToken textToken = null;
    String text = null;
    String domain = CorpusFile.TEXT;
    if (!object) {
      parser.skipChildren();
    }

    while (object && parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      JsonToken value = parser.nextToken();
      if (key.equals("text")) {
        textToken = value;
        text = value == JsonToken.VALUE_STRING ? parser.getText() : null;
        parser.skipChildren();
      } else if (key.equals("meta") && value == JsonToken.START_OBJECT) {
        domain = pileSetName(parser, domain);
      } else {
        parser.skipChildren();
      }
    }

    if (parser.nextToken() != null) {
      return SourceRecord.dropped(domain, DropReason.INVALID_JSON);
    }

    if (!object) {
      return SourceRecord.dropped(domain, DropReason.NOT_AN_OBJECT);
    }

    if (textToken == null) {
      return SourceRecord.dropped(domain, DropReason.MISSING_TEXT);
    }

    if (text == null) {
      return SourceRecord.dropped(domain, DropReason.NON_STRING_TEXT);
    }

    Unicode unicode = Unicode.ofChars(text);
    return SourceRecord.of(domain, new Unicode(unicode.text(), repaired || unicode.repaired()));
  }

  /** Reads the object that was just opened, to its end. */
  private static String pileSetName(JsonParser parser, String otherwise) throws IOException {
    String name = otherwise;
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      JsonToken value = parser.nextToken();
      if (key.equals("pile_set_name") && value == JsonToken.VALUE_STRING) {
        name = Unicode.ofChars(parser.getText()).text();
      }

      parser.skipChildren();
    }

    return name;
  }
}
