package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.testing.TestPeer;
import io.tracestream.testing.TestTarget;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names and texts that are not ASCII, through the scripts, whatever the user's locale. */
class ScriptsIT {
  /** An e with an accent, in UTF-8 as bash spells it. */
  private static final String E = "$'\\303\\251'";

  @TempDir
  private Path dir;

  @ParameterizedTest
  @ValueSource(strings = {"C", "de_DE.ISO-8859-1", ""})
  void aFileMayHaveAnyName(String locale) throws Exception {
    String line = "cd '" + dir + "' && printf '0\\tc2s\\t61\\n' >" + E
        + " && exec \"$scripts/ts_proxy\" check " + E;
    try (App check = App.startScript(Map.of("LC_ALL", locale), line)) {
      assertEquals(List.of("\u00e9: whole: 1 entry, 1 c2s and 0 s2c"), check.awaitOutput());
      assertEquals(0, check.awaitStatus(), check.stderr());
    }
  }

  @Test
  void aNameMayHaveBytesThatAreNoText() throws Exception {
    String name = "$'x\\377\\303y'";
    String line = "mkdir '" + dir + "'/" + name + " && cd '" + dir + "'/" + name
        + " && printf '0\\tc2s\\t61\\n' >" + name + " && \"$scripts/ts_proxy\" check " + name
        + " --repair " + name + "2 && cmp -s " + name + " " + name + "2; echo $?";
    try (App check = App.startScript(Map.of("LC_ALL", "C"), line)) {
      List<String> output = check.awaitOutput();
      assertEquals(0, check.awaitStatus(), check.stderr());
      assertTrue(
          output.get(0).endsWith("x\ufffd\ufffdy: whole: 1 entry, 1 c2s and 0 s2c"), output.get(0));
      assertEquals(List.of("1"), output.subList(output.size() - 1, output.size()));
    }
  }

  @Test
  void theContainerTakesSuchNamesToo() throws Exception {
    String line = "cd '" + dir + "' && printf '0\\tc2s\\t61\\n' >" + E + " && TS_PROXY_RECORD=" + E
        + " exec \"$scripts/docker-entrypoint.sh\"";
    Map<String, String> variables =
        Map.of("LC_ALL", "C", "TS_PROXY_MODE", "replay", "TS_PROXY_LISTEN", "127.0.0.1:0");
    try (App replay = App.startScript(variables, line)) {
      assertTrue(replay.awaitListening().getPort() > 0);
      assertEquals(0, replay.terminate().awaitStatus());
    }
  }

  @Test
  void withoutTheScriptsTheTextsAreTheSame() throws Exception {
    try (TestTarget listening = TestTarget.start();
        App client = App.startScript(
            Map.of("LC_ALL", "C"),
            "exec \"$JAVA_HOME/bin/java\" -jar \"$TS_PROXY_JAR\" simple_client --header-len 1 --message "
                + E + " --connect 127.0.0.1:" + listening.address().getPort());
        TestPeer server = listening.accept()) {
      assertEquals("04315fc3a9", server.await(5));
      server.send("0121");
      assertEquals(List.of("echo: !"), client.awaitOutput());
    }
  }

  @ParameterizedTest
  @CsvSource({"1.8.0_392, 8", "11.0.20, 11", "16, 16"})
  void aJavaThatIsTooOldIsReportedInOneLine(String version, String number) throws Exception {
    String line =
        "mkdir '" + dir + "/bin' && printf 'echo started' >'" + dir + "/bin/java' && chmod +x '"
            + dir + "/bin/java' && echo 'JAVA_VERSION=\"" + version + "\"' >'" + dir
            + "/release' && JAVA_HOME='" + dir + "' exec \"$scripts/ts_proxy\" --version";
    try (App old = App.startScript(Map.of(), line)) {
      assertEquals(List.of(), old.awaitOutput());
      assertEquals(3, old.awaitStatus());
      assertEquals(
          "ts-proxy: java: \"" + dir + "/bin/java\" is Java " + number
              + "; install Java 17 or later, or set JAVA_HOME to it\n",
          old.stderr());
    }
  }

  @Test
  void aFileThatIsNotAJarIsReportedInOneLine() throws Exception {
    String line = "echo text >'" + dir + "/x.jar' && TS_PROXY_JAR='" + dir
        + "/x.jar' exec \"$scripts/ts_proxy\" --version";
    try (App wrong = App.startScript(Map.of(), line)) {
      assertEquals(List.of(), wrong.awaitOutput());
      assertEquals(2, wrong.awaitStatus());
      assertEquals(
          "ts-proxy: " + dir + "/x.jar: is not a jar, or cannot be read; build it again, or correct"
              + " TS_PROXY_JAR\n",
          wrong.stderr());
    }
  }

  @Test
  void aMessageIsSentAsItWasTyped() throws Exception {
    try (TestTarget listening = TestTarget.start();
        App client = App.startScript(
            Map.of("LC_ALL", "C"),
            "exec \"$scripts/simple_client\" --header-len 1 --message " + E
                + " --connect 127.0.0.1:" + listening.address().getPort());
        TestPeer server = listening.accept()) {
      assertEquals("04315fc3a9", server.await(5));
      server.send("0121");
      assertEquals(List.of("echo: !"), client.awaitOutput());
    }
  }
}
