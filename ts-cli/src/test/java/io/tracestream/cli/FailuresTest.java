package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.junit.jupiter.api.Test;

class FailuresTest {
  @Test
  void anExceptionThatNamesAFileOnlySaysWhatIsWrongWithIt() {
    assertEquals("a: no such file or folder", Failures.reason(new NoSuchFileException("a")));
    assertEquals("a: no permission", Failures.reason(new AccessDeniedException("a")));
    assertEquals("a: not directory", Failures.reason(new NotDirectoryException("a")));
    assertEquals("a: file system", Failures.reason(new FileSystemException("a")));
    assertEquals("a: no locks", Failures.reason(new FileSystemException("a", null, "no locks")));
  }

  @Test
  void anExceptionWithoutTextSaysItsKind() {
    assertEquals("unresolved address", Failures.reason(new UnresolvedAddressException()));
    assertEquals("io", Failures.reason(new IOException(" ")));
    assertEquals("text", Failures.reason(new IOException("text")));
  }
}
