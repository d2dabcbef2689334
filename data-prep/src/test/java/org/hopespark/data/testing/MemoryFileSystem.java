// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.testing;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * An object store in small, under {@code mem://}: a file is visible when its stream is closed, a
 * directory is a prefix, there is no rename.
 */
public final class MemoryFileSystem extends FileSystem {
  private static final Map<String, byte[]> FILES = new ConcurrentHashMap<>();

  private URI uri;

  @Override
  public void initialize(URI name, Configuration conf) throws IOException {
    super.initialize(name, conf);
    this.uri = URI.create(name.getScheme() + "://" + name.getAuthority());
  }

  @Override
  public URI getUri() {
    return uri;
  }

  @Override
  public String getScheme() {
    return "mem";
  }

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    byte[] content = FILES.get(path.toUri().getPath());
    if (content == null) {
      throw new FileNotFoundException(path.toString());
    }

    return new FSDataInputStream(new Bytes(content));
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    String name = path.toUri().getPath();
    ByteArrayOutputStream content =
        new ByteArrayOutputStream() {
          private boolean closed;

          @Override
          public void close() throws IOException {
            if (closed) {
              return;
            }

            closed = true;
            if (overwrite) {
              FILES.put(name, toByteArray());
            } else if (FILES.putIfAbsent(name, toByteArray()) != null) {
              throw new FileAlreadyExistsException(name);
            }
          }
        };
    if (!overwrite && FILES.containsKey(name)) {
      throw new FileAlreadyExistsException(name);
    }

    return new FSDataOutputStream(content, statistics);
  }

  @Override
  public FSDataOutputStream append(Path path, int bufferSize, Progressable progress) {
    throw new UnsupportedOperationException("append");
  }

  @Override
  public boolean rename(Path source, Path target) {
    throw new UnsupportedOperationException("rename");
  }

  @Override
  public boolean delete(Path path, boolean recursive) {
    String name = path.toUri().getPath();
    boolean deleted = FILES.remove(name) != null;
    boolean deletedBelow = recursive && FILES.keySet().removeIf(n -> n.startsWith(name + "/"));
    return deleted || deletedBelow;
  }

  @Override
  public FileStatus[] listStatus(Path path) throws IOException {
    String prefix = path.toUri().getPath() + "/";
    Map<String, FileStatus> children = new TreeMap<>();
    for (String name : FILES.keySet()) {
      if (name.startsWith(prefix)) {
        String child = name.substring(prefix.length()).split("/", 2)[0];
        children.put(child, getFileStatus(new Path(path, child)));
      }
    }

    if (children.isEmpty()) {
      throw new FileNotFoundException(path.toString());
    }

    return children.values().toArray(new FileStatus[0]);
  }

  @Override
  public void setWorkingDirectory(Path path) {
    throw new UnsupportedOperationException("setWorkingDirectory");
  }

  @Override
  public Path getWorkingDirectory() {
    return new Path(uri.toString() + "/");
  }

  @Override
  public boolean mkdirs(Path path, FsPermission permission) {
    return true;
  }

  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    String name = path.toUri().getPath();
    byte[] content = FILES.get(name);
    if (content == null && FILES.keySet().stream().noneMatch(n -> n.startsWith(name + "/"))) {
      throw new FileNotFoundException(path.toString());
    }

    boolean isDirectory = content == null;
    return new FileStatus(isDirectory ? 0 : content.length, isDirectory, 1, 1 << 20, 0, path);
  }

  private static final class Bytes extends FSInputStream {
    private final byte[] content;
    private ByteArrayInputStream in;
    private int at;

    Bytes(byte[] content) {
      this.content = content;
      this.in = new ByteArrayInputStream(content);
    }

    @Override
    public void seek(long position) throws IOException {
      if (position > content.length) {
        throw new EOFException();
      }

      at = (int) position;
      in = new ByteArrayInputStream(content, at, content.length - at);
    }

    @Override
    public long getPos() {
      return at;
    }

    @Override
    public boolean seekToNewSource(long position) {
      return false;
    }

    @Override
    public int read() {
      int read = in.read();
      at += read < 0 ? 0 : 1;
      return read;
    }

    @Override
    public int read(byte[] destination, int from, int length) {
      int read = in.read(destination, from, length);
      at += Math.max(0, read);
      return read;
    }
  }
}
