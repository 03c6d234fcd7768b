package io.tracestream.cli;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import io.tracestream.recording.Conversation;
import io.tracestream.recording.Direction;
import io.tracestream.recording.Recording;
import io.tracestream.recording.RecordingException;
import io.tracestream.recording.RecordingReader;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A page for a browser, in one file: recorded conversations, and how sessions differed from them.
 * What is read from recordings goes to disk at once; the file itself is written at the end, whole
 * or not at all. For one thread at a time.
 */
final class Page implements Closeable {
  private static final String BEGINNING = "<!DOCTYPE html>";

  private final Path file;
  private final PageData data;
  /** Made at once: a server that a signal stops has little time. */
  private final Template template = Mustache.compiler().compile(resource("page.html"));

  private final String style = resource("page.css");
  private final String script = resource("page.js");
  private final List<String> damages = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private boolean full;
  private int conversationsLeftOut;
  private final Map<String, Shown> shown = new HashMap<>();
  private final List<String> names = new ArrayList<>();

  /**
   * A conversation in the page.
   *
   * @param conversation which one, from 1
   * @param rows how many of its entries are here
   */
  record Shown(int conversation, long rows) {}

  private Page(Path file, PageData data) throws IOException {
    this.file = file;
    this.data = data;
  }

  /**
   * Refuses a file that cannot be written, or that is something else than an earlier page.
   *
   * @param option its name, for errors
   * @throws Failures.NotStarted what is wrong, and what to do
   */
  static void check(String option, Path file) throws Failures.NotStarted {
    try {
      if (Files.exists(file)) {
        if (!Files.isRegularFile(file)) {
          throw refused(
              option, file, Files.isDirectory(file) ? "is a folder" : "is not a regular file");
        }
        if (!isPage(file)) {
          throw refused(option, file, "exists and is not such a page");
        }
      }
      WholeFile.check(file);
    } catch (IOException e) {
      throw new Failures.NotStarted(cannotWrite(option, file, e));
    }
  }

  private static Failures.NotStarted refused(String option, Path file, String why) {
    return new Failures.NotStarted(option + ": " + file + " " + why + "; choose another name");
  }

  private static boolean isPage(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] beginning = in.readNBytes(BEGINNING.length());
      return beginning.length == 0
          || new String(beginning, StandardCharsets.ISO_8859_1).equals(BEGINNING);
    }
  }

  static String cannotWrite(String option, Path file, IOException e) {
    Path folder = file.toAbsolutePath().getParent();
    String reason = !Files.isDirectory(folder)
        ? "there is no folder " + folder + "; create it"
        : e instanceof FileSystemException named ? Failures.fileReason(named) : Failures.reason(e);
    return option + ": cannot write " + file + ": " + reason;
  }

  /** An empty page, which is to become that file. */
  static Page of(Path file) throws IOException {
    return new Page(file, new PageData(WholeFile.scratch(file)));
  }

  PageData data() {
    return data;
  }

  /** Adds recorded conversations, as far as there is room. */
  void add(List<Conversation> conversations, int maxPayloadLength, Decoders decoders)
      throws IOException {
    for (Conversation conversation : conversations) {
      if (!data.hasRoom()) {
        conversationsLeftOut++;
      } else {
        add(conversation, maxPayloadLength, decoders);
      }
    }
  }

  private void add(Conversation conversation, int maxPayloadLength, Decoders decoders)
      throws IOException {
    begin(conversation.toString());
    addEntries(conversation, maxPayloadLength, decoders);
    Shown here = new Shown(data.conversations(), data.rows());
    shown.put(conversation.toString(), here);
    conversation.parts().forEach(part -> shown.put(part.toString(), here));
  }

  /** Begins a conversation whose entries the caller adds to the data. */
  void begin(String name) throws IOException {
    names.add(VisibleText.line(name));
    data.conversation(names.get(names.size() - 1));
  }

  private void addEntries(Conversation conversation, int maxPayloadLength, Decoders decoders)
      throws IOException {
    try (Recording recording = conversation.openEvenIfDamaged(maxPayloadLength);
        RecordingReader reader = recording.reader()) {
      long number = 0;
      while (reader.advance()) {
        if (!data.hasRoom()) {
          full = true;
          return;
        }
        data.entry(++number, reader, decoders);
      }
    } catch (RecordingException e) { // the others may be whole
      damages.add(Failures.reason(e));
    }
  }

  /** The conversation in that file, if it is in the page; otherwise one without entries. */
  Shown find(String recording) {
    return shown.getOrDefault(recording, new Shown(0, 0));
  }

  /** The name of a conversation, which counts from 1. */
  String name(int conversation) {
    return names.get(conversation - 1);
  }

  /** How much was recorded, in one line. */
  String amount() {
    return Units.count(data.conversations(), "connection", "connections") + "; "
        + amount(Direction.C2S) + "; " + amount(Direction.S2C);
  }

  private String amount(Direction direction) {
    PageData.Amount amount = data.amount(direction);
    return direction + ": " + Units.entries(amount.entries()) + ", "
        + Units.bytes(amount.payloadBytes()) + " of payload";
  }

  /** What is wrong with the recordings, a line each. */
  List<String> damages() {
    return damages;
  }

  /** Says that not all entries had room. */
  void setFull() {
    full = true;
  }

  /** Adds a line that readers of the page should know. */
  void note(String line) {
    notes.add(VisibleText.line(line));
  }

  /** What stands on top. */
  record Head(String command, String subject, String outcome, String verdict, String summary) {}

  /**
   * Writes the file.
   *
   * @param first the first mismatch in words, for browsers that cannot show the rest; or null
   */
  void write(Head head, String first) throws IOException {
    data.end();
    Map<String, Object> names = Map.of(
        "head",
        head,
        "notes",
        allNotes(),
        "first",
        first == null ? List.of() : List.of(first),
        "style",
        style,
        "script",
        script,
        "styleHash",
        hash(style),
        "scriptHash",
        hash(script),
        "size",
        data.size(),
        "data",
        (Mustache.Lambda) (fragment, out) -> data.writeTo(out));
    WholeFile.write(file, out -> execute(template, names, out));
  }

  private static void execute(Template template, Map<String, Object> names, OutputStream to)
      throws IOException {
    Writer out = new BufferedWriter(new OutputStreamWriter(to, StandardCharsets.UTF_8));
    template.execute(names, out);
    out.flush();
  }

  private List<String> allNotes() {
    List<String> all = new ArrayList<>();
    damages.forEach(damage -> all.add(VisibleText.line(damage)));
    all.addAll(notes);
    if (full || conversationsLeftOut > 0) {
      all.add("Only the first " + data.entries() + " entries are in this page"
          + (conversationsLeftOut == 0
              ? "."
              : "; "
                  + Units.count(conversationsLeftOut, "recording was", "recordings were")
                  + " left out."));
    }
    if (data.cut() > 0) {
      all.add("Of " + Units.count(data.cut(), "long payload", "long payloads")
          + " only the beginning is in this page.");
    }
    return all;
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = Page.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** What the page's own rules of security name a script or a style by. */
  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e); // every JDK has it
    }
  }

  @Override
  public void close() throws IOException {
    data.close();
  }
}
