package io.tracestream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Arguments as they were typed. Java decodes them in the locale's character set and loses what does
 * not fit, such as every letter that is not ASCII under {@code LC_ALL=C}. Linux still has the
 * bytes.
 */
final class Arguments {
  /**
   * A byte that is not part of any UTF-8 character is kept as this plus its value: half of a
   * surrogate pair, which no text has alone.
   */
  private static final char BYTE = '\udc00';

  /** Whether Java could not decode the name of the working folder. */
  private static final boolean FOLDER_IS_LOST =
      System.getProperty("user.dir").indexOf('\ufffd') >= 0;

  private Arguments() {}

  /** The arguments decoded as UTF-8, or as Java gave them if the system does not have the bytes. */
  static String[] exact(String[] args) {
    if (List.of(args).stream().allMatch(Arguments::isAscii)) {
      return args;
    }
    try {
      return exact(args, Files.readAllBytes(Path.of("/proc/self/cmdline")));
    } catch (IOException e) {
      return args; // not Linux
    }
  }

  /**
   * The same, given what {@code /proc/self/cmdline} holds: the words of the whole command, each
   * ended by a zero byte. The arguments are its last words, unless Java read them from a file.
   */
  static String[] exact(String[] args, byte[] commandLine) {
    List<String> words = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < commandLine.length; i++) {
      if (commandLine[i] == 0) {
        words.add(decode(ByteBuffer.wrap(commandLine, start, i - start)));
        start = i + 1;
      }
    }
    if (words.size() < args.length) {
      return args;
    }
    List<String> last = words.subList(words.size() - args.length, words.size());
    for (int i = 0; i < args.length; i++) {
      if (isAscii(args[i]) ? !args[i].equals(last.get(i)) : isAscii(last.get(i))) {
        return args;
      }
    }
    return last.toArray(String[]::new);
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 0x80);
  }

  private static String decode(ByteBuffer bytes) {
    CharsetDecoder decoder = UTF_8.newDecoder();
    CharBuffer text = CharBuffer.allocate(bytes.remaining());
    while (true) {
      CoderResult result = decoder.decode(bytes, text, true);
      if (!result.isError()) {
        return text.flip().toString();
      }
      for (int i = 0; i < result.length(); i++) {
        text.put((char) (BYTE + (bytes.get() & 0xff)));
      }
    }
  }

  /**
   * The path that has exactly the bytes of an argument. Java refuses names that the locale cannot
   * express, but takes their bytes in a URI.
   */
  static Path path(String argument) {
    Path path = isAscii(argument) ? Path.of(argument) : fromBytes(argument);
    // Java looks for relative paths in the working folder by name. Linux knows it without.
    return path.isAbsolute() || !FOLDER_IS_LOST
        ? path
        : Path.of("/proc/self/cwd").resolve(path);
  }

  private static Path fromBytes(String argument) {
    StringBuilder uri = new StringBuilder("file://");
    for (String name : argument.split("/+")) {
      if (!name.isEmpty()) {
        uri.append('/');
        for (byte b : encode(name)) {
          uri.append(Units.format("%%%02x", b));
        }
      }
    }
    Path path = Path.of(URI.create(uri.toString()));
    return argument.startsWith("/") ? path : path.subpath(0, path.getNameCount());
  }

  private static byte[] encode(String argument) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    argument.codePoints().forEach(c -> {
      if (c >= BYTE + 0x80 && c <= BYTE + 0xff) {
        bytes.write(c - BYTE);
      } else {
        bytes.writeBytes(Character.toString(c).getBytes(UTF_8));
      }
    });
    return bytes.toByteArray();
  }
}
