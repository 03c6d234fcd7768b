package io.tracestream.rules;

import java.io.IOException;

/**
 * A file that cannot be read as rules. The message is one line that begins with the file's name
 * and, where one line is at fault, its number: {@code FILE:LINE: }.
 */
public final class RulesException extends IOException {
  private static final long serialVersionUID = 1;

  RulesException(String message, Exception cause) {
    super(message, cause);
  }
}
