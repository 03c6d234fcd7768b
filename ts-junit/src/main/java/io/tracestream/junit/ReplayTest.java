package io.tracestream.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test with a server that plays a recording. The server's address is what a parameter of the type
 * {@link java.net.InetSocketAddress} gets, of the test, of a method {@code @BeforeEach}, or of the
 * test class's constructor:
 *
 * <pre>
 *   &#64;ReplayTest("login.tsv")
 *   void aUserLogsIn(InetSocketAddress server) { ... }
 * </pre>
 *
 * <p>The test fails when no client came, when one differed from the recording, or did not play it
 * to its end. The client may still be closing when the test ends: it has the idle time-out for
 * that. This is looked at after the methods {@code @AfterEach}.
 *
 * <p>This is a {@code @Test} and nothing else beside it: parameterized and repeated tests have a
 * {@link ReplayExtension} as a field. It may stand on another annotation, as one with the frames of
 * your protocol.
 */
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Test
@ExtendWith(ReplayTestExtension.class)
@SuppressWarnings("exports") // JUnit alone is to see that class
public @interface ReplayTest {
  /**
   * The recording: a file in the folder {@code src/test/resources} of the project that the test
   * class belongs to, or any file by its absolute path. The project is the nearest folder above the
   * compiled test class that has a {@code src/test}, and the working directory if there is none.
   *
   * <p>A file is one conversation, which each connection plays. A name that ends with {@code /} is
   * a folder with a file for each connection: all of them have to be played, each by one client.
   *
   * @return such as {@code login.tsv}, {@code bank/login.tsv} or {@code many/}
   */
  String value();

  /**
   * Bytes of each frame's header.
   *
   * @return 1 to 16
   */
  int headerLength() default 8;

  /**
   * The longest payload to take.
   *
   * @return bytes, 0 to 2147483639
   */
  int maxPayloadLength() default 16_777_216;

  /**
   * What may vary: rules as the explanation of a mismatch shows them.
   *
   * @return such as {@code "ignore c2s:4+4"} or {@code "copy c2s:0+2->s2c:0+2"}
   */
  String[] rules() default {};

  /**
   * A file with more rules, as the command {@code learn} writes it; looked for as the recording is.
   *
   * @return its name; empty for none
   */
  String rulesFile() default "";

  /**
   * Whether to keep the recorded pauses between frames. They are left out by default, as a test
   * that waits tells no more than one that does not.
   *
   * @return true to keep them
   */
  boolean pauses() default false;

  /**
   * For how long a client may send nothing while it is its turn; and for how long a test that is
   * over waits for its clients.
   *
   * @return milliseconds, above 0
   */
  long idleTimeoutMillis() default 5000;

  /**
   * How many connections have to play the recording, each of them all of it.
   *
   * @return how many exactly; 0 for one or more, and for as many as a folder has files
   */
  int connections() default 0;

  /**
   * The real server, to record from.
   *
   * @return such as {@code localhost:9001}; empty for none, which makes this a replay only
   */
  String target() default "";

  /**
   * When to record.
   *
   * @return the mode, unless a system property or an environment variable says otherwise
   */
  RecordMode record() default RecordMode.ONCE;
}
