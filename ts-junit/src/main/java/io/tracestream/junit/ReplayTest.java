package io.tracestream.junit;

import io.tracestream.replay.AtEnd;
import io.tracestream.replay.FrameRewriter;
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
   * Where a frame says how long it is, for protocols with more than a header of
   * {@link #headerLength} bytes.
   *
   * @return a name such as {@code mysql}, or keys such as {@code length=4,order=little}: see
   *     {@link io.tracestream.codec.Framing}; empty for a header of that length
   */
  String framing() default "";

  /**
   * The longest payload to accept.
   *
   * @return 0 to 2147483639 bytes
   */
  int maxPayloadLength() default 16_777_216;

  /**
   * What may vary, one rule per string, as the explanation of a mismatch shows it.
   *
   * @return such as {@code "ignore c2s:4+4"}, {@code "copy c2s:0+2->s2c:0+2"}, or {@code "allow
   *     c2s[len=0]"} for frames that may come at any time
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
   * What is done to frames that the server sends, one fault per string. A parameter of the type
   * {@link io.tracestream.rules.Faults} gets these faults, and can change them during the test. A
   * client may leave early after a fault; if it sends what was not recorded, the test fails, as
   * ever. Nothing is done while recording.
   *
   * @return such as {@code "s2c 2nd on connection 1 truncate 5 reset"}: see
   *     {@link io.tracestream.rules.Fault}
   */
  String[] faults() default {};

  /**
   * What random faults depend on: each run of the test does the same.
   *
   * @return the seed
   */
  long faultSeed() default 0;

  /**
   * What computes payloads that no rule can copy, such as those with a MAC. Each server makes one
   * object of the class, which serves all its connections.
   *
   * @return a class with a constructor without arguments; {@link FrameRewriter} itself for none
   */
  Class<? extends FrameRewriter> rewriter() default FrameRewriter.class;

  /**
   * Whether to keep the recorded pauses between frames. By default the server sends at once, to
   * keep tests fast.
   *
   * @return true to keep them
   */
  boolean pauses() default false;

  /**
   * How long a client may send nothing when it is its turn, and how long to wait for clients at the
   * end of the test. Clients of a {@link #stub} may be silent at any time, and are waited for at
   * most one second.
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
   * Whether to answer each request by itself: with the recorded reply, in any order and any number
   * of times. By default clients have to repeat the recorded conversation. All files of a folder
   * are one pool of requests then. A request that was not recorded fails the test.
   *
   * @return true for a stub
   */
  boolean stub() default false;

  /**
   * Whether the test fails if a recorded request was never sent to the stub.
   *
   * @return true to fail; only for a {@link #stub}
   */
  boolean strictUse() default false;

  /**
   * What to do with a connection after the recording's last frame: end it, or keep it open until
   * the client ends it, as clients with a pool of connections expect.
   *
   * @return by default what the real server did, if the recording says so, or else
   *     {@link AtEnd#CLOSE}; not for a {@link #stub}
   */
  AtEnd atEnd() default AtEnd.AS_RECORDED;

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
