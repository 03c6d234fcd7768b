package io.tracestream.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test with a server that plays a recording. A parameter of the type
 * {@link java.net.InetSocketAddress} gets the server's address: a parameter of the test, of a
 * {@code @BeforeEach} method, or of the test class's constructor.
 *
 * <pre>
 *   &#64;ReplayTest("login.tsv")
 *   void aUserLogsIn(InetSocketAddress server) { ... }
 * </pre>
 *
 * <p>The test fails when no client connected, when a client differed from the recording, or when it
 * did not play the recording to its end. This is checked after the {@code @AfterEach} methods.
 * Clients that are still closing have the idle timeout to do so. If the test throws an exception
 * because its client's connection was closed after such a difference, it fails with the explanation
 * and has the exception as the cause.
 *
 * <p>With {@code @ParameterizedTest} or {@code @RepeatedTest} on the same method, each invocation
 * has its own server and plays the same recording. The address comes after the arguments:
 *
 * <pre>
 *   &#64;ReplayTest("login.tsv")
 *   &#64;ParameterizedTest
 *   &#64;ValueSource(strings = {"anna", "Anna"})
 *   void aUserLogsIn(String name, InetSocketAddress server) { ... }
 * </pre>
 *
 * <p>Otherwise the method needs no further annotation, and should not have {@code @Test}. Put this
 * one on an annotation of your own to share its attributes between tests.
 */
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@TestTemplate
@ExtendWith(ReplayTestExtension.class)
@SuppressWarnings("exports") // only JUnit needs to see that class
public @interface ReplayTest {
  /**
   * The recording: a file in {@code src/test/resources} of the project that the test class belongs
   * to, or an absolute path. The project is the nearest folder above the compiled test class that
   * has a {@code src/test}; without one, it is the working directory.
   *
   * <p>A file is one conversation, and each connection plays all of it. A name that ends with
   * {@code /} is a folder with a file for each connection, and each file has to be played by one
   * client. Hidden files in a folder are not recordings.
   *
   * @return such as {@code login.tsv}, {@code bank/login.tsv} or {@code many/}
   */
  String value();

  /**
   * The length of each frame's header.
   *
   * @return 1 to 16 bytes
   */
  int headerLength() default 8;

  /**
   * The longest payload to accept.
   *
   * @return 0 to 2147483639 bytes
   */
  int maxPayloadLength() default 16_777_216;

  /**
   * What may vary, one rule per string, as the explanation of a mismatch shows it.
   *
   * @return such as {@code "ignore c2s:4+4"} or {@code "copy c2s:0+2->s2c:0+2"}
   */
  String[] rules() default {};

  /**
   * A file with more rules, in the format that the command {@code learn} writes. It is looked for
   * in the same places as the recording.
   *
   * @return its name; empty for none
   */
  String rulesFile() default "";

  /**
   * Whether to keep the recorded pauses between frames. By default the server sends at once, to
   * keep tests fast.
   *
   * @return true to keep them
   */
  boolean pauses() default false;

  /**
   * How long a client may send nothing when it is its turn, and how long to wait for clients at the
   * end of the test.
   *
   * @return milliseconds, more than 0
   */
  long idleTimeoutMillis() default 5000;

  /**
   * How many connections have to play the recording, each of them all of it.
   *
   * @return the exact number; 0 for one or more, and in a folder for one per file
   */
  int connections() default 0;

  /**
   * The real server to record from.
   *
   * @return such as {@code localhost:9001}; empty for none, so that nothing is ever recorded
   */
  String target() default "";

  /**
   * When to record.
   *
   * @return the mode, unless a system property or an environment variable overrides it
   */
  RecordMode record() default RecordMode.ONCE;
}
