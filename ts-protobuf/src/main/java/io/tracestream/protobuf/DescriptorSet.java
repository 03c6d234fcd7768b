package io.tracestream.protobuf;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TypeRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The types of messages in a file that {@code protoc --descriptor_set_out} has written. */
final class DescriptorSet {
  private static final int MOST_LISTED = 20;

  private final Path file;
  private final Map<String, Descriptor> types = new TreeMap<>();

  private DescriptorSet(Path file) {
    this.file = file;
  }

  /**
   * Reads a file.
   *
   * @throws IllegalArgumentException if it is not a descriptor set, or not a whole one
   * @throws IOException if it cannot be read
   */
  static DescriptorSet read(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    FileDescriptorSet set;
    try {
      set = FileDescriptorSet.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw notASet(file);
    }
    if (set.getFileCount() == 0) {
      throw notASet(file);
    }
    DescriptorSet types = new DescriptorSet(file);
    types.addAll(set.getFileList());
    return types;
  }

  private static IllegalArgumentException notASet(Path file) {
    return new IllegalArgumentException(file + ": is not a descriptor set; make one with protoc"
        + " --include_imports --descriptor_set_out=FILE and the .proto files");
  }

  /** Each file comes after those that it imports, as protoc writes them. */
  private void addAll(List<FileDescriptorProto> protos) {
    Map<String, FileDescriptor> files = new HashMap<>();
    for (FileDescriptorProto proto : protos) {
      FileDescriptor[] imports = proto.getDependencyList().stream()
          .map(name -> {
            FileDescriptor one = files.get(name);
            if (one == null) {
              throw new IllegalArgumentException(file + ": lacks " + name + ", which "
                  + proto.getName() + " imports; make it with protoc --include_imports");
            }
            return one;
          })
          .toArray(FileDescriptor[]::new);
      try {
        FileDescriptor built = FileDescriptor.buildFrom(proto, imports);
        files.put(proto.getName(), built);
        built.getMessageTypes().forEach(this::add);
      } catch (DescriptorValidationException e) {
        throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
      }
    }
  }

  private void add(Descriptor type) {
    types.put(type.getFullName(), type);
    type.getNestedTypes().forEach(this::add);
  }

  /**
   * The type of that name.
   *
   * @throws IllegalArgumentException if there is none
   */
  Descriptor type(String name) {
    Descriptor type = types.get(name);
    if (type == null) {
      String some = types.keySet().stream().limit(MOST_LISTED).collect(Collectors.joining(", "));
      throw new IllegalArgumentException("there is no type \"" + name + "\" in " + file
          + ", which has " + some + (types.size() > MOST_LISTED ? ", ..." : ""));
    }
    return type;
  }

  /** For messages in a google.protobuf.Any. */
  TypeRegistry registry() {
    return TypeRegistry.newBuilder().add(types.values()).build();
  }
}
