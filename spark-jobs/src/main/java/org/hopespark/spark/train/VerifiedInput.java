// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.hopespark.data.store.Checksum;
import org.hopespark.data.store.FileDigest;
import org.hopespark.data.store.Storage;
import org.hopespark.model.CorruptCheckpointException;

/** Reads a file of a checkpoint and holds it against the manifest in the same pass. */
final class VerifiedInput extends FilterInputStream {
  private final Path path;
  private final FileDigest promised;
  private final Checksum checksum = new Checksum();
  private final byte[] one = new byte[1];

  private VerifiedInput(InputStream in, Path path, FileDigest promised) {
    super(in);
    this.path = path;
    this.promised = promised;
  }

  /** What reads the content. */
  interface Reader {
    void read(InputStream in) throws IOException;
  }

  /**
   * Passes the content of a listed file to {@code reader}, and the rest of it to the digest.
   *
   * @throws CorruptCheckpointException naming the file, if it is missing or not as listed
   */
  static void read(
      Configuration hadoop, Path directory, CheckpointManifest manifest, String name, Reader reader)
      throws IOException {
    Path path = new Path(directory, name);
    FileDigest promised = manifest.file(name).orElseThrow(() -> corrupt(path, "is not listed"));
    try (VerifiedInput in = new VerifiedInput(Storage.openListed(hadoop, path), path, promised)) {
      CorruptCheckpointException failure = null;
      try {
        reader.read(in);
      } catch (CorruptCheckpointException e) {
        failure = e;
      }
      // Altered bytes are the reason; what the reader made of them is not.
      in.verify();
      if (failure != null) {
        throw failure;
      }
    }
  }

  /** The whole content of a small listed file. */
  static byte[] content(
      Configuration hadoop, Path directory, CheckpointManifest manifest, String name)
      throws IOException {
    List<byte[]> content = new ArrayList<>();
    read(hadoop, directory, manifest, name, in -> content.add(in.readAllBytes()));
    return content.get(0);
  }

  private void verify() throws IOException {
    byte[] rest = new byte[1 << 16];
    while (read(rest) >= 0) {}
    if (!checksum.digest(promised.name()).equals(promised)) {
      throw corrupt(path, "is not as its manifest says");
    }
  }

  static CorruptCheckpointException corrupt(Path path, String what) {
    return new CorruptCheckpointException(
        "Invalid checkpoint file [%s]: it %s. Restore it from a copy, or delete this checkpoint to go on from the one before."
            .formatted(Storage.display(path), what));
  }

  @Override
  public int read() throws IOException {
    int count = read(one, 0, 1);
    return count < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] bytes, int from, int length) throws IOException {
    int count = super.read(bytes, from, length);
    if (count > 0) {
      checksum.update(bytes, from, count);
    }
    return count;
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
