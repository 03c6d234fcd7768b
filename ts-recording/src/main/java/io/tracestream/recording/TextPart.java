package io.tracestream.recording;

import java.io.IOException;
import java.io.InputStream;

/**
 * One of the texts that make a recording: mostly its only file.
 *
 * @param name what errors call it
 * @param opening gives its text from the top
 */
record TextPart(String name, Opening opening) {
  /** Opens a text. */
  interface Opening {
    /** The text from its top; packed or not. */
    InputStream open() throws IOException;
  }

  InputStream open() throws IOException {
    return opening.open();
  }
}
