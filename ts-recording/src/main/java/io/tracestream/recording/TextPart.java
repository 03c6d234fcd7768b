package io.tracestream.recording;

import java.io.IOException;
import java.io.InputStream;

/**
 * One of the texts that make up a recording: usually its only file.
 *
 * @param name its name in errors
 * @param opening opens its text, at the top
 */
record TextPart(String name, Opening opening) {
  /** Opens a text. */
  interface Opening {
    /** The text from its top, compressed or not. */
    InputStream open() throws IOException;
  }

  InputStream open() throws IOException {
    return opening.open();
  }
}
