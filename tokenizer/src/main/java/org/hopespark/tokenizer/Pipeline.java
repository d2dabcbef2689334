// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;

/**
 * What a tokenizer does around its merges.
 *
 * @param ignoreMerges whether a piece that is a token needs no merges to become it
 * @param addedTokens all of them, by id
 * @param postProcessor JSON of the step that adds special tokens, which is carried along and never
 *     done here; {@code null}'s where there is none
 */
record Pipeline(
    SplitRule rule,
    boolean nfc,
    boolean ignoreMerges,
    List<AddedToken> addedTokens,
    String postProcessor,
    AddedTokens rawTokens,
    AddedTokens normalizedTokens) {

  static final String NO_POST_PROCESSOR = "null";

  static Pipeline of(
      SplitRule rule,
      boolean nfc,
      boolean ignoreMerges,
      List<AddedToken> addedTokens,
      String postProcessor) {
    return new Pipeline(
        rule,
        nfc,
        ignoreMerges,
        List.copyOf(addedTokens),
        postProcessor,
        new AddedTokens(addedTokens, false, nfc),
        new AddedTokens(addedTokens, true, nfc));
  }

  /** Of a tokenizer trained here: the GPT-2 rule, and no added tokens but special ones. */
  static Pipeline gpt2(Vocabulary vocabulary) {
    List<AddedToken> special = new ArrayList<>();
    for (int id = 0; id < vocabulary.size(); id++) {
      if (vocabulary.isSpecial(id)) {
        String text = new String(vocabulary.decoded(id), UTF_8);
        special.add(new AddedToken(id, text, false, false, false, false, true));
      }
    }
    return of(SplitRule.GPT2, false, false, special, NO_POST_PROCESSOR);
  }
}
