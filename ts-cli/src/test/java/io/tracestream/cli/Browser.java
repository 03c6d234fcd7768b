package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.tracestream.testing.Await;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A headless Chromium that opens files, clicks and types, by its DevTools protocol. For one thread.
 */
final class Browser implements AutoCloseable {
  private static final long DEADLINE_SECONDS = 60;

  private final Process process;
  private final WebSocket socket;
  private final BlockingQueue<Map<?, ?>> answers = new LinkedBlockingQueue<>();
  private final List<String> complaints = new CopyOnWriteArrayList<>();
  private final List<String> loaded = new CopyOnWriteArrayList<>();
  private long lastId;

  private Browser(Process process, URI page) {
    this.process = process;
    this.socket = HttpClient.newHttpClient()
        .newWebSocketBuilder()
        .buildAsync(page, new Messages())
        .join();
  }

  /** Starts the program; its profile goes into that folder. */
  static Browser start(String program, Path folder) throws Exception {
    Process process = new ProcessBuilder(
            program,
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--user-data-dir=" + folder,
            "--remote-debugging-port=0",
            "--remote-allow-origins=*",
            "about:blank")
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
    try {
      Path port = folder.resolve("DevToolsActivePort");
      if (!Await.until(() -> Files.exists(port) && Files.size(port) > 0)) {
        fail(program + " does not start");
      }
      URI list = URI.create("http://127.0.0.1:" + Files.readAllLines(port).get(0) + "/json/list");
      String pages = HttpClient.newHttpClient()
          .send(HttpRequest.newBuilder(list).build(), BodyHandlers.ofString())
          .body();
      Map<?, ?> all = ReadJson.object(("{\"all\":" + pages + "}").getBytes(StandardCharsets.UTF_8));
      Map<?, ?> page = ((List<?>) all.get("all"))
          .stream()
              .map(one -> (Map<?, ?>) one)
              .filter(one -> one.get("type").equals("page"))
              .findFirst()
              .orElseThrow();
      Browser browser = new Browser(process, URI.create((String) page.get("webSocketDebuggerUrl")));
      for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
        browser.call(domain + ".enable", "{}");
      }
      return browser;
    } catch (Exception | Error e) {
      process.destroyForcibly();
      throw e;
    }
  }

  private final class Messages implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        take(text.toString());
        text.setLength(0);
      }
      from.request(1);
      return null;
    }

    private void take(String message) {
      try {
        Map<?, ?> json = ReadJson.object(message.getBytes(StandardCharsets.UTF_8));
        if (json.get("id") != null) {
          answers.add(json);
          return;
        }
        switch ((String) json.get("method")) {
          case "Runtime.exceptionThrown", "Log.entryAdded" -> complaints.add(message);
          case "Runtime.consoleAPICalled" -> complaints.add(message);
          case "Network.requestWillBeSent" ->
            loaded.add(
                (String) ((Map<?, ?>) ((Map<?, ?>) json.get("params")).get("request")).get("url"));
          default -> {}
        }
      } catch (IOException e) {
        complaints.add(e + ": " + message);
      }
    }
  }

  private Map<?, ?> call(String method, String parameters) {
    lastId++;
    socket
        .sendText(
            "{\"id\":" + lastId + ",\"method\":\"" + method + "\",\"params\":" + parameters + "}",
            true)
        .join();
    Map<?, ?> answer = nextAnswer();
    if (answer == null || answer.get("result") == null) {
      return fail(method + " " + parameters + ": " + answer);
    }
    assertEquals(lastId, answer.get("id"));
    return (Map<?, ?>) answer.get("result");
  }

  private Map<?, ?> nextAnswer() {
    try {
      return answers.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Opens a page from the disk, and waits until it shows its entries or why it does not. */
  void open(Path page) throws IOException {
    call("Page.navigate", "{\"url\":" + quoted(page.toUri().toString()) + "}");
    await("document.readyState === 'complete' && (!document.getElementById('main').hidden"
        + " || !document.getElementById('state').textContent.startsWith('Reading'))");
  }

  /** The same, in a browser that does not have a feature yet. */
  void openWithout(String feature, Path page) throws IOException {
    Map<?, ?> script = call(
        "Page.addScriptToEvaluateOnNewDocument",
        "{\"source\":" + quoted("delete window." + feature) + "}");
    open(page);
    call(
        "Page.removeScriptToEvaluateOnNewDocument",
        "{\"identifier\":" + quoted((String) script.get("identifier")) + "}");
  }

  /** The value of an expression, as text. */
  String value(String expression) {
    Map<?, ?> answer =
        call("Runtime.evaluate", "{\"expression\":" + quoted("String(" + expression + ")") + "}");
    if (answer.get("exceptionDetails") != null) {
      fail(expression + ": " + answer);
    }
    return (String) ((Map<?, ?>) answer.get("result")).get("value");
  }

  /** The text of the first element that a selector finds, its runs of blanks as one. */
  String text(String selector) {
    return value("document.querySelector(" + quoted(selector) + ").innerText")
        .replaceAll("\\s+", " ")
        .strip();
  }

  void await(String condition) throws IOException {
    if (!Await.until(() -> value(condition).equals("true"))) {
      fail("not true: " + condition + "; " + complaints);
    }
  }

  /** Waits until an element has that text. */
  void awaitText(String selector, String text) throws IOException {
    if (!Await.until(() -> text(selector).equals(text))) {
      assertEquals(text, text(selector));
    }
  }

  /** Clicks into the middle of an element, as a mouse does. */
  void click(String selector) {
    String[] place = value("(() => { const box = document.querySelector(" + quoted(selector)
            + ").getBoundingClientRect();"
            + " return (box.x + box.width / 2) + ' ' + (box.y + box.height / 2); })()")
        .split(" ");
    for (String event : List.of("mousePressed", "mouseReleased")) {
      call(
          "Input.dispatchMouseEvent",
          "{\"type\":\"" + event + "\",\"x\":" + place[0] + ",\"y\":" + place[1]
              + ",\"button\":\"left\",\"clickCount\":1}");
    }
  }

  void type(String text) {
    call("Input.insertText", "{\"text\":" + quoted(text) + "}");
  }

  /** Presses a key by its name, such as {@code ArrowDown} or {@code n}. */
  void press(String key) {
    String text = key.length() == 1 ? ",\"text\":" + quoted(key) : "";
    call("Input.dispatchKeyEvent", "{\"type\":\"keyDown\",\"key\":" + quoted(key) + text + "}");
    call("Input.dispatchKeyEvent", "{\"type\":\"keyUp\",\"key\":" + quoted(key) + "}");
  }

  void resize(int width, int height) {
    call(
        "Emulation.setDeviceMetricsOverride",
        "{\"width\":" + width + ",\"height\":" + height
            + ",\"deviceScaleFactor\":1,\"mobile\":false}");
  }

  void prefer(String colours) {
    call(
        "Emulation.setEmulatedMedia",
        "{\"features\":[{\"name\":\"prefers-color-scheme\",\"value\":\"" + colours + "\"}]}");
  }

  /** What the console says, errors or not, and scripts that failed. */
  List<String> complaints() {
    return complaints;
  }

  /** The addresses of all that was loaded. */
  List<String> loaded() {
    return loaded;
  }

  private static String quoted(String text) {
    return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
  }

  @Override
  public void close() {
    socket.abort();
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().onExit().join();
  }
}
