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
import java.util.Set;

/**
 * Writes a file whole or not at all: beside it under another name, which it takes on at the end.
 */
final class WholeFile {
  private static final int BUFFER = 64 * 1024;
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  /** What the file is to have. */
  interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  private WholeFile() {}

  /**
   * Creates the file, or replaces it.
   *
   * @throws IOException when that fails; what was there before is there still
   */
  static void write(Path file, Content content) throws IOException {
    Path target = Files.exists(file) ? file.toRealPath() : file; // a link goes on to be one
    Path temporary = beside(target);
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
   * Finds out whether {@link #write} could begin, and leaves nothing behind.
   *
   * @throws IOException when no file can be created there
   */
  static void check(Path file) throws IOException {
    Path temporary = beside(Files.exists(file) ? file.toRealPath() : file);
    create(temporary).close();
    Files.delete(temporary);
  }

  /** A name that nothing has, and no pattern for reports matches. */
  private static Path beside(Path file) {
    return file.resolveSibling(
        file.getFileName() + "." + Long.toHexString(System.nanoTime()) + ".part");
  }

  /** For its owner only: what is written is from recordings, which hold secrets. */
  private static FileChannel create(Path file) throws IOException {
    Set<OpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    return file.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? FileChannel.open(file, options, PosixFilePermissions.asFileAttribute(OWNER_ONLY))
        : FileChannel.open(file, options);
  }
}
