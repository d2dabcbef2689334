// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.hopespark.data.store.FileDigest;
import org.hopespark.model.checkpoint.SafetensorsWriter;
import org.hopespark.model.checkpoint.TensorView;
import org.hopespark.model.train.StateRange;

/**
 * What one rank writes of a checkpoint: where it lies now, in a replica or in a copy.
 *
 * @param models files of parameters that this rank writes
 * @param index all files of parameters, if this rank writes their index and digests them together;
 *     else none
 * @param states optimizer's and averaging's
 * @param accumulators by virtual shard; none outside of all intervals
 */
record RankContent(
    int rank,
    List<ModelFiles.Part> models,
    List<ModelFiles.Part> index,
    List<State> states,
    SortedMap<Integer, List<TensorView>> accumulators) {

  /**
   * A range of state.
   *
   * @param isLocal whether every rank has such a state of its own
   */
  record State(StateRange range, boolean isLocal) {}

  /**
   * What was written.
   *
   * @param parametersDigest from rank 0; empty from the others
   */
  record Saved(int rank, List<FileDigest> files, List<StatePart> states, String parametersDigest)
      implements Serializable {}

  /** Number of elements. */
  long size() {
    return tensors().stream().mapToLong(TensorView::size).sum()
        + states.stream().mapToLong(state -> length(state.range())).sum()
        + accumulators.values().stream().flatMap(List::stream).mapToLong(TensorView::size).sum();
  }

  /** All parameters that are written or digested here, once each. */
  private Set<TensorView> tensors() {
    Set<TensorView> tensors = new HashSet<>();
    models.forEach(part -> tensors.addAll(part.tensors()));
    index.forEach(part -> tensors.addAll(part.tensors()));
    return tensors;
  }

  private static long length(StateRange range) {
    return range.to() - range.from();
  }

  /** The same in other memory, as it is now. */
  RankContent copy(HostCopy memory) {
    Map<TensorView, TensorView> copies = new HashMap<>();
    tensors().forEach(tensor -> copies.put(tensor, memory.of(tensor)));
    SortedMap<Integer, List<TensorView>> shards = new TreeMap<>();
    accumulators.forEach(
        (shard, tensors) -> shards.put(shard, tensors.stream().map(memory::of).toList()));
    return new RankContent(
        rank,
        parts(models, copies),
        parts(index, copies),
        states.stream().map(state -> new State(memory.of(state.range()), state.isLocal())).toList(),
        shards);
  }

  private static List<ModelFiles.Part> parts(
      List<ModelFiles.Part> parts, Map<TensorView, TensorView> copies) {
    return parts.stream()
        .map(
            part ->
                new ModelFiles.Part(part.name(), part.tensors().stream().map(copies::get).toList()))
        .toList();
  }

  /** Writes this rank's files, without a manifest. */
  Saved write(Configuration hadoop, Path directory) throws IOException {
    List<FileDigest> files = new ArrayList<>();
    String parametersDigest = writeParameters(hadoop, directory, files);
    List<StatePart> parts = new ArrayList<>();
    if (!states.isEmpty()) {
      Set<StateRange> local = new HashSet<>();
      states.stream().filter(State::isLocal).map(State::range).forEach(local::add);
      StateFiles.Written written =
          StateFiles.write(
              hadoop, directory, rank, states.stream().map(State::range).toList(), local::contains);
      files.add(written.file());
      parts.addAll(written.parts());
    }
    for (Map.Entry<Integer, List<TensorView>> shard : accumulators.entrySet()) {
      files.add(
          DigestedOutput.write(
                  hadoop,
                  directory,
                  CheckpointManifest.accumulators(shard.getKey()),
                  out -> SafetensorsWriter.write(out, Map.of(), shard.getValue()))
              .file());
    }
    return new Saved(rank, files, parts, parametersDigest);
  }

  private String writeParameters(Configuration hadoop, Path directory, List<FileDigest> files)
      throws IOException {
    String digest = "";
    for (ModelFiles.Part part : models) {
      DigestedOutput.Written written =
          DigestedOutput.write(
              hadoop,
              directory,
              part.name(),
              out -> SafetensorsWriter.write(out, Map.of("format", "hope-spark"), part.tensors()));
      files.add(written.file());
      digest = written.tensors();
    }
    if (!index.isEmpty()) {
      files.add(
          FileDigest.write(
              hadoop, directory, CheckpointManifest.MODEL_INDEX, ModelFiles.index(index)));
      digest = ModelFiles.digest(index.stream().flatMap(part -> part.tensors().stream()).toList());
    }
    return rank == 0 ? digest : "";
  }
}
