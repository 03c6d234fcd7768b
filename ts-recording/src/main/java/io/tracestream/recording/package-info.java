/**
 * Reads and writes recordings: text files that hold the payloads of a framed conversation, one
 * entry a line, to be read, compared and edited by people.
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
 * {@link io.tracestream.recording.RecordingReader} also takes what an editor may leave: no first
 * line, more lines that begin with {@code #}, blank lines, CRLF, upper-case hex, a byte order mark,
 * and a last line without its end when it is complete. Whatever else it finds is refused with
 * {@link io.tracestream.recording.RecordingException}, as {@code FILE:LINE: } and what is wrong. A
 * {@link io.tracestream.recording.Recording} is an opened file, or one in memory, that gives out
 * any number of readers; one without a single entry is not a recording and is not opened. Files may
 * be compressed with gzip: a reader sees it from the first bytes, a writer makes it where the name
 * ends with {@code .gz}.
 *
 * <p>A {@link io.tracestream.recording.RecordingDirectoryWriter} records many conversations at once
 * to one folder, each to files of its own; a {@link io.tracestream.recording.RecordingDirectory}
 * gives them again, in order.
 *
 * <p>A reader stops at the first damaged line. A {@link io.tracestream.recording.RecordingCheck}
 * goes on after it, reports each of them, and writes what is whole to another file.
 *
 * <p>All of them stream: memory does not grow with the file. The package needs nothing but the JDK
 * and logs nothing.
 */
package io.tracestream.recording;
