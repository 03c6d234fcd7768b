package io.tracestream.rules;

import java.io.IOException;

/**
 * Rules that cannot be read from a file, or that need more memory than a conversation may take. The
 * message is one line; of a file, it begins with the file's name and, where one line is at fault,
 * its number: {@code FILE:LINE: }.
 */
public final class RulesException extends IOException {
  private static final long serialVersionUID = 1;

  RulesException(String message) {
    super(message);
  }

  RulesException(String message, Exception cause) {
    super(message, cause);
  }
}
