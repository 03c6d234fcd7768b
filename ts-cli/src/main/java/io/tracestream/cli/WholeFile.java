package io.tracestream.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Writes a file whole or not at all: under another name next to it, and renames it at the end. */
final class WholeFile {
  private static final int BUFFER = 64 * 1024;
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  /** The content of the file. */
  interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  private WholeFile() {}

  /**
   * Creates the file, or replaces it.
   *
   * @throws IOException when that fails, and leaves what was there before
   */
  static void write(Path file, Content content) throws IOException {
    Path target = Files.exists(file) ? file.toRealPath() : file; // a link stays a link
    Path temporary = sibling(target);
    try (FileChannel channel = create(temporary)) {
      OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER);
      content.writeTo(out);
      out.flush();
      channel.force(true);
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /**
   * Checks that {@link #write} can create its file, and leaves no trace.
   *
   * @throws IOException when no file can be created there
   */
  static void check(Path file) throws IOException {
    Path temporary = sibling(Files.exists(file) ? file.toRealPath() : file);
    create(temporary).close();
    Files.delete(temporary);
  }

  /** Whether {@link #write} would replace that other file, under whatever name. */
  static boolean replaces(Path file, Path other) throws IOException {
    return Files.exists(file) && Files.exists(other) && Files.isSameFile(file, other);
  }

  /**
   * Creates an empty file for what is to become part of {@code file}. It is gone when it is closed,
   * and where the system allows, when the process ends in any other way.
   */
  static FileChannel scratch(Path file) throws IOException {
    return create(
        sibling(file.toAbsolutePath()),
        StandardOpenOption.READ,
        StandardOpenOption.DELETE_ON_CLOSE);
  }

  /** Opens a file at its end, or creates it. What is written then is there at once. */
  static FileChannel append(Path file) throws IOException {
    return open(file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND));
  }

  /** An unused name that no pattern for reports matches. */
  private static Path sibling(Path file) {
    return file.resolveSibling(
        file.getFileName() + "." + Long.toHexString(System.nanoTime()) + ".part");
  }

  private static FileChannel create(Path file, OpenOption... more) throws IOException {
    Set<OpenOption> options = new HashSet<>(List.of(more));
    options.addAll(List.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    return open(file, options);
  }

  /** If it is created, only its owner can read it, since recordings hold secrets. */
  private static FileChannel open(Path file, Set<OpenOption> options) throws IOException {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? FileChannel.open(file, options, PosixFilePermissions.asFileAttribute(OWNER_ONLY))
        : FileChannel.open(file, options);
  }
}
