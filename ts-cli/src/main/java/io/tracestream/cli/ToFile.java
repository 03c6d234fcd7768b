package io.tracestream.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the name of a file. */
final class ToFile implements ITypeConverter<Path> {
  @Override
  public Path convert(String value) {
    try {
      if (!value.isEmpty()) {
        return Path.of(value);
      }
    } catch (InvalidPathException e) {
      // refused below, like no name at all
    }
    throw new TypeConversionException(
        "found \"" + value + "\", expected a name that a file can have here");
  }
}
