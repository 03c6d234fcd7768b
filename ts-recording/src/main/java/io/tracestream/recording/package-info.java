/**
 * Reads and writes recordings: text files that hold the payloads of a framed conversation, one
 * entry on each line, which people can read, compare and edit.
 *
 * <pre>
 *   # ts_proxy recording v1
 *   123&lt;TAB&gt;c2s&lt;TAB&gt;68656c6c6f
 *   456&lt;TAB&gt;s2c&lt;TAB&gt;776f726c64
 * </pre>
 *
 * <p>An entry is the time since the recording began, in microseconds; the
 * {@link io.tracestream.recording.Direction}; and the payload in hex, without its header. Each line
 * ends with {@code \n}.
 *
 * <p>A {@link io.tracestream.recording.RecordingWriter} writes exactly that. A
 * {@link io.tracestream.recording.RecordingReader} also accepts what an editor may leave behind: no
 * first line, more lines that begin with {@code #}, blank lines, CRLF, upper-case hex, a byte order
 * mark, and a complete last line without a line end. It refuses anything else with a
 * {@link io.tracestream.recording.RecordingException}: {@code FILE:LINE: } and what is wrong. A
 * {@link io.tracestream.recording.Recording} is an opened file, or one in memory, from which any
 * number of readers can read. A file without a single entry is not a recording and cannot be opened
 * as one. Files may be compressed with gzip: a reader recognises that by the first bytes, and a
 * writer compresses if the name ends with {@code .gz}.
 *
 * <p>A {@link io.tracestream.recording.RecordingDirectoryWriter} records many conversations at once
 * to one folder, each to its own file or files, and says in each how the conversation ended
 * ({@link io.tracestream.recording.RecordedEnd}). A
 * {@link io.tracestream.recording.RecordingDirectory} lists them, in order.
 *
 * <p>A {@link io.tracestream.recording.Redaction} keeps secrets out: it replaces bytes before they
 * are written, and the recording names the fields in lines {@code # redact FIELD}.
 *
 * <p>A reader stops at the first damaged line. A {@link io.tracestream.recording.RecordingCheck}
 * goes on, reports each damaged line, and can write what is whole to another file.
 *
 * <p>A {@link io.tracestream.recording.PayloadDecoder} is a service that shows the payloads of a
 * protocol as text. Nothing in this package calls it; programs that show payloads do.
 *
 * <p>All of these stream: memory does not grow with the file. The package needs nothing but the JDK
 * and logs nothing.
 */
@NullMarked
package io.tracestream.recording;

import org.jspecify.annotations.NullMarked;
