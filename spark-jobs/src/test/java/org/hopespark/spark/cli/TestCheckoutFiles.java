// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.hopespark.spark.InvalidUsageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestCheckoutFiles {
  @TempDir private Path root;

  @Test
  void walksSourcesAndDocumentsWithoutGit() throws IOException {
    for (String name :
        List.of(
            "README.md",
            "hope",
            "a/src/A.java",
            "a/target/B.java",
            "runs/q/x.md",
            ".idea/y.xml",
            "docs/p.png",
            ".gitignore",
            "docs/z.css")) {
      Path file = root.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, "text");
    }

    assertThat(CheckoutFiles.list(root.toString()))
        .containsExactly(path("README.md"), path("a/src/A.java"), path("docs/z.css"), path("hope"));
  }

  @Test
  void asksForAnInputOutsideOfACheckout() {
    assertThatThrownBy(() -> CheckoutFiles.list(null))
        .isInstanceOf(InvalidUsageException.class)
        .hasMessageStartingWith("Missing --input");
    assertThatThrownBy(() -> CheckoutFiles.list(path("none")))
        .isInstanceOf(InvalidUsageException.class);
  }

  private String path(String name) {
    return root.resolve(name).toString();
  }
}
