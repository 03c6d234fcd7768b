package io.tracestream.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.recording.Conversation;
import io.tracestream.recording.Direction;
import io.tracestream.recording.Entry;
import io.tracestream.recording.Recording;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LearnerTest {
  @TempDir
  private Path dir;

  private Learned learned;

  /** The rules from recordings of these entries, such as "c2s 6869", separated by commas. */
  private String learn(String a, String b) throws IOException {
    try (Recording one = recording("a.rec", a);
        Recording other = recording("b.rec", b)) {
      learned = Learner.learn(one, other);
    }
    return learned.rules().toString();
  }

  private Recording recording(String name, String entries) throws IOException {
    return Recording.open(TestRecordings.write(dir.resolve(name), entries), 100_000);
  }

  private static String text(String direction, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return direction + " " + HexFormat.of().formatHex(bytes) + ",";
  }

  @Test
  void whereNothingDiffersNoRuleIsNeeded() throws Exception {
    assertEquals("", learn("c2s 6869, s2c 21", "c2s 6869, s2c 21"));
    assertTrue(learned.summary().isSame());
    assertEquals(2, learned.entriesLookedAt());
    assertTrue(learned.isWhole());
  }

  @Test
  void nothingIsLearnedFromWhatWasRedactedInOneRecording() throws Exception {
    Recording redacted = Recording.of(
        "a", "# redact c2s:0+4\n# redact s2c:1+4\n1\tc2s\t2a2a2a2a61\n2\ts2c\t002a2a2a2a\n");
    Recording whole = Recording.of("b", "1\tc2s\t9988776661\n2\ts2c\t0099887766\n");
    learned = Learner.learn(redacted, whole);
    assertEquals("", learned.rules().toString());
    assertTrue(learned.explainsAll());
    assertEquals(8, learned.openBytes());
    assertEquals(
        List.of(
            "c2s:0+4 was redacted when it was recorded, and is not compared",
            "s2c:1+4 was redacted when it was recorded, and is not compared"),
        learned.notes());
  }

  @Test
  void aValueThatTheReplyHoldsIsCopied() throws Exception {
    assertEquals(
        "copy c2s:0+4->s2c:1+4\n",
        learn("c2s 1a2b3c4d61, s2c 001a2b3c4d6f6b", "c2s 99887766" + "61, s2c 00998877666f6b"));
    assertEquals(1, learned.findings().get(0).support());
    assertEquals(1, learned.findings().get(0).of());
  }

  @Test
  void aValueThatTheServerGaveAndTheClientSendsBackIsCopiedAndComparedElsewhere() throws Exception {
    String a = "c2s 01, s2c 001122334455667788, c2s 02112233445566778861, s2c 6f6b";
    String b = "c2s 01, s2c 00a1a2a3a4a5a6a7a8, c2s 02a1a2a3a4a5a6a7a861, s2c 6f6b";
    assertEquals("copy s2c:1+8->c2s:1+8\n", learn(a, b));
  }

  @Test
  void aValueThatNobodySendsBackIsIgnored() throws Exception {
    assertEquals(
        "ignore c2s:1+4\nignore s2c:2+8\n",
        learn(
            "c2s 6111223344, s2c 6f6b0123456789abcdef",
            "c2s 6155667788, s2c 6f6bfedcba9876543210"));
  }

  @Test
  void aFieldAtTheEndOfFramesOfManyLengthsIsCountedFromTheEnd() throws Exception {
    assertEquals(
        "ignore c2s:-4+4\n",
        learn(
            "c2s 610a0b0c0d, c2s 616161111213aa, c2s 61622122232e",
            "c2s 61aabbccdd, c2s 616161c1c2c3c4, c2s 6162d1d2d3d4"));
  }

  @Test
  void whatMayBeComputedIsSaidToNeedAFrameRewriter() throws Exception {
    learn("c2s 610a0b0c0d, c2s 616161111213aa", "c2s 61aabbccdd, c2s 616161c1c2c3c4");
    String reason = learned.findings().get(0).reason();
    assertTrue(reason.endsWith(": compute them with a FrameRewriter"), reason);
  }

  @Test
  void aNumberThatCountsAFieldOfAnotherLengthFollowsIt() throws Exception {
    assertEquals(
        "copy c2s:2+len8->s2c:2+len8\nlength c2s:0+u16\nlength s2c:0+u16\n",
        learn(
            "c2s 00050361626301, s2c 00050361626302, c2s 0004026a6b03, s2c 0004026a6b04",
            "c2s 000604707172730" + "1, s2c 00060470717273"
                + "02, c2s 00050376777803, s2c 00050376777804"));
  }

  @Test
  void aFieldOfSeveralPlacesIsCountedFromTheBeginning() throws Exception {
    assertEquals(
        "ignore c2s:1+4\n",
        learn(
            "c2s 610a0b0c0d, c2s 6111121314ff, c2s 612122232462ff",
            "c2s 61aabbccdd, c2s 61c1c2c3c4ff, c2s 61d1d2d3d462ff"));
  }

  @Test
  void aByteThatWasTheSameInAllRecordingsStaysCompared() throws Exception {
    assertEquals("ignore c2s:2+3\n", learn("c2s 6100111111", "c2s 6100222222"));
    assertEquals(
        "ignore c2s:2+2\nignore c2s:5+3\n", learn("c2s 6100111155111111", "c2s 6100222255222222"));
  }

  @Test
  void anOperationThatVariesBesideANumberDoesNotBelongToIt() throws Exception {
    assertEquals(
        "ignore c2s:1+3\n", learn("c2s 01111111, c2s 02333333", "c2s 01222222, c2s 02444444"));
  }

  @Test
  void zerosBesideACounterThatRepliesRepeatStayCompared() throws Exception {
    assertEquals(
        "copy c2s:3+2->s2c:2+2\n",
        learn(
            "c2s 0100000a01, s2c 00000a01, c2s 0200000a02, s2c 00000a02",
            "c2s 0100000b07, s2c 00000b07, c2s 0200000b08, s2c 00000b08"));
  }

  @Test
  void aUuidInTextIsOneField() throws Exception {
    String one = "123e4567-e89b-42d3-a456-426614174000";
    String other = "823ef56a-e19b-4bd3-9c56-a2f614a74c11";
    assertEquals(
        "copy c2s:3+36->s2c:0+36\n",
        learn(
            text("c2s", "id=" + one + "!") + text("s2c", one),
            text("c2s", "id=" + other + "!") + text("s2c", other)));
  }

  @Test
  void digitsThatDoNotDifferStayComparedAsTheyMayBeAnotherNumber() throws Exception {
    assertEquals(
        "ignore c2s:6+3\n", learn(text("c2s", "id=100731;get"), text("c2s", "id=100954;get")));
  }

  @Test
  void aTimeIsOneFieldThoughOnlyItsLowOrderBytesDiffer() throws Exception {
    assertEquals("ignore s2c:3+6\n", learn("s2c 610000019a1b2c3d4e", "s2c 610000019a1b2d4e5f"));
  }

  @Test
  void aRandomIdBeforeFlagsIsNoTimeOfYearsToCome() throws Exception {
    // As numbers from the last byte on, the first four are seconds of 2040, some minutes apart.
    assertEquals("ignore s2c:0+2\n", learn("c2s 01, s2c 112285830001", "c2s 01, s2c 922385830001"));
  }

  @Test
  void aValueThatTheClientHadFirstIsNotCopiedFromTheServer() throws Exception {
    StringBuilder a = new StringBuilder();
    StringBuilder b = new StringBuilder();
    for (int i = 5; i < 9; i++) {
      a.append(text("c2s", "0200" + "112619225229815" + i + "T1"));
      a.append(text("s2c", "0210" + "112619225229815" + i + "576461685871" + i + "T1"));
      b.append(text("c2s", "0200" + "112619225576165" + (i - 5) + "T1"));
      b.append(text("s2c", "0210" + "112619225576165" + (i - 5) + "207905371392" + i + "T1"));
    }
    String rules = learn(a.toString(), b.toString());
    assertTrue(
        learned.rules().copied().stream()
            .allMatch(copy -> copy.from().direction() == Direction.C2S),
        rules);
  }

  @Test
  void bytesAroundWhatNeverVariesAreNoFieldWhoseLengthVaries() throws Exception {
    assertEquals(
        "",
        learn(
            "c2s 6162636401104747474747474747" + "20, c2s 61626364031048484848484848483" + "0",
            "c2s 616263640211124747474747474747" + "2122, c2s 6162636404111248484848484848483"
                + "132"));
  }

  @Test
  void textIsNoTime() throws Exception {
    learn(text("s2c", "aaaver12"), text("s2c", "aaaver34"));
    assertEquals("ignore s2c:6+2\n", learned.rules().toString());
  }

  @Test
  void millisecondsInTextAreOneFieldThoughOnlyTheLastDigitsDiffer() throws Exception {
    String a = text("c2s", "{\"op\": \"get\", \"ts\": 1763872233123}");
    String b = text("c2s", "{\"op\": \"get\", \"ts\": 1763872235461}");
    assertEquals("ignore c2s:20+13\n", learn(a, b));
  }

  @Test
  void aTimeInTextIsOneField() throws Exception {
    assertEquals(
        "ignore s2c:3+23\n",
        learn(
            text("s2c", "at 2026-11-23T04:30:31.512Z"),
            text("s2c", "at 2026-11-23T04:30:35.987Z")));
  }

  @Test
  void aTokenInTextIsOneFieldThoughSomeOfItsCharactersAreEqual() throws Exception {
    assertEquals(
        "copy s2c:6+12->c2s:5+12\n",
        learn(
            text("s2c", "token=aXb81kQwLm3z;") + text("c2s", "auth=aXb81kQwLm3z get"),
            text("s2c", "token=qXb9fhTcLm7o;") + text("c2s", "auth=qXb9fhTcLm7o get")));
  }

  @Test
  void digitsAmongOthersAreNotWidenedAsBinaryNumbersAre() throws Exception {
    String before = "0210222000000080000031000000";
    assertEquals(
        "ignore s2c:28+6\n", learn(text("s2c", before + "731122"), text("s2c", before + "954288")));
  }

  @Test
  void aSessionIdThatComesBackIsCopiedWithItsHighOrderBytesThatDidNotDiffer() throws Exception {
    String a = "c2s 01, s2c 0000271019ab01020304050600000010, c2s 0000006319ab010203040506";
    String b = a.replace("03040506", "a3a4a5a6");
    assertEquals("copy s2c:4+8->c2s:4+8\n", learn(a, b));
  }

  @Test
  void aSessionIdWhosePartReadsAsATimeIsCopiedAsAWhole() throws Exception {
    String a = "c2s 01, s2c 0000271019ab01026903040500000010, c2s 0000006319ab010269030405";
    String b = a.replace("69030405", "55a3a4a5");
    assertEquals("copy s2c:4+8->c2s:4+8\n", learn(a, b));
  }

  @Test
  void aRuleIsLimitedToTheKindOfFramesThatShowsIt() throws Exception {
    String a = "s2c aa11223344556677, c2s 0111223344556677, s2c 6f6b000000000000";
    assertEquals(
        "copy s2c[0=aa]:1+7->c2s:1+7\n", learn(a, a.replace("11223344556677", "a1b2c3d4e5f697")));
  }

  @Test
  void randomDigitsThatAreEqualAtTimesAreOneKindOfFrame() throws Exception {
    String[] amounts = {"1250", "0999", "3100", "4711"};
    String[] ofA = {"175000162742", "355328345986", "840857581378", "920537819138"};
    String[] ofB = {"118729653652", "298915338639", "861481017438", "759735550298"};
    StringBuilder a = new StringBuilder();
    StringBuilder b = new StringBuilder();
    for (int i = 0; i < 4; i++) {
      a.append(text("s2c", "0210;" + amounts[i] + ";" + ofA[i] + ";T"));
      b.append(text("s2c", "0210;" + amounts[i] + ";" + ofB[i] + ";T"));
    }
    assertEquals("ignore s2c:10+12\n", learn(a.toString(), b.toString()));
  }

  @Test
  void lettersBesideATokenThatNeverVaryStayCompared() throws Exception {
    assertEquals(
        "copy s2c:2+24->c2s:1+24\n",
        learn(
            text("s2c", "OK07C55D9ADE1F8B20C3A9447EANNA")
                + text("c2s", "T07C55D9ADE1F8B20C3A9447EANNA1"),
            text("s2c", "OKB138EE6401A94D7FF05B12C8ANNA")
                + text("c2s", "TB138EE6401A94D7FF05B12C8ANNA1")));
  }

  @Test
  void aCounterThatRepliesRepeatIsCopiedWithoutAHighOrderByteThatIsZero() throws Exception {
    assertEquals(
        "copy c2s:3+7->s2c:3+7\n",
        learn(
            "c2s 01020053a1b2c3d4e5f6aa, s2c 02020053a1b2c3d4e5f6,"
                + "c2s 01020053a1b2c3d4e5f7ab, s2c 02020053a1b2c3d4e5f7",
            "c2s 010200117788990011e2aa, s2c 020200117788990011e2,"
                + "c2s 010200117788990011e3ab, s2c 020200117788990011e3"));
  }

  @Test
  void zerosWithinAnIdThatIsSentBackStayCompared() throws Exception {
    String a =
        "c2s 01, s2c 0511223344000000005566778800000000aa, c2s 0711223344000000005566778800000000";
    assertEquals(
        "copy s2c:1+4->c2s:1+4\ncopy s2c:9+4->c2s:9+4\n",
        learn(a, a.replace("11223344", "a1b2c3d4").replace("55667788", "e1f2a7b8")));
  }

  @Test
  void aTimeBesideAnIdIsAFieldOfItsOwn() throws Exception {
    StringBuilder a = new StringBuilder();
    StringBuilder b = new StringBuilder();
    String[] ids = {"3f2e2bb8", "9a806c12", "c7bee389", "55412d0e"};
    String[] others = {"42bdf221", "847762f0", "0b4d764d", "e01299ac"};
    for (int i = 0; i < 4; i++) {
      a.append("c2s 01" + ids[i] + "61, s2c 02000001a20c9632a" + i + ids[i] + "62,");
      b.append("c2s 01" + others[i] + "61, s2c 02000001a21c064a8" + i + others[i] + "62,");
    }
    assertEquals("ignore s2c:3+6\ncopy c2s:1+4->s2c:9+4\n", learn(a.toString(), b.toString()));
  }

  @Test
  void aTimeBetweenRandomBytesIsAFieldOfItsOwn() throws Exception {
    // Nonce, FILETIME with its low-order byte first, nonce.
    assertEquals(
        "ignore c2s:4+7\nignore c2s:0+4\nignore c2s:12+4\n",
        learn(
            "c2s 3f2e2bb8" + "ba6230f1147edd01" + "c7bee389",
            "c2s 42bdf221" + "3c0f12f5147edd01" + "0b4d764d"));
  }

  @Test
  void digitsOfATimeAreNotPartOfTheNumberAfterThem() throws Exception {
    StringBuilder a = new StringBuilder();
    StringBuilder b = new StringBuilder();
    String[] ids = {"846133", "142418", "903355", "511706"};
    String[] others = {"088292", "773750", "412869", "264918"};
    for (int i = 0; i < 4; i++) {
      a.append(text("c2s", "0200" + "1127021505" + ids[i] + "T"));
      b.append(text("c2s", "0200" + "1127021509" + others[i] + "T"));
    }
    assertEquals("ignore c2s:4+10\nignore c2s:14+6\n", learn(a.toString(), b.toString()));
  }

  @Test
  void anIdThatReadsAsATimeIsCopiedWhereOthersAre() throws Exception {
    StringBuilder a = new StringBuilder();
    StringBuilder b = new StringBuilder();
    String[] ids = {"3f2e2bb8", "69a1b2c3", "c7bee389", "55412d0e"};
    String[] others = {"42bdf221", "69a9d4e5", "0b4d764d", "e01299ac"};
    for (int i = 0; i < 4; i++) {
      String more = "6262626262".substring(0, 2 * i + 2);
      a.append("c2s 01" + ids[i] + more + ", s2c 02" + ids[i] + more + ",");
      b.append("c2s 01" + others[i] + more + ", s2c 02" + others[i] + more + ",");
    }
    assertEquals("copy c2s:1+4->s2c:1+4\n", learn(a.toString(), b.toString()));
  }

  @Test
  void aTimeIsFoundBesideAnotherThoughItsLowOrderByteIsTheSameByChance() throws Exception {
    assertEquals(
        "ignore s2c:1+7\nignore s2c:9+7\n",
        learn(
            "s2c 59" + "ba6230f1147edd01" + "4a6230f1147edd01",
            "s2c 59" + "3c0f12f5147edd01" + "4a0f12f5147edd01"));
  }

  @Test
  void twoDigitsOfThreeAreTheFieldThatTheyAreInOtherFrames() throws Exception {
    assertEquals(
        "ignore s2c:-4+3\n",
        learn(
            text("s2c", "ok;receipt=472;")
                + text("s2c", "no;;receipt=479;")
                + text("s2c", "yes;;;receipt=485;"),
            text("s2c", "ok;receipt=567;")
                + text("s2c", "no;;receipt=568;")
                + text("s2c", "yes;;;receipt=595;")));
  }

  @Test
  void aTimeInDigitsThatIsSentBackWithTheNumberAfterItIsCopiedAsAWhole() throws Exception {
    StringBuilder a = new StringBuilder();
    StringBuilder b = new StringBuilder();
    String[] ids = {"846133", "142418", "903355", "511706"};
    String[] others = {"088292", "773750", "412869", "264918"};
    for (int i = 0; i < 4; i++) {
      String one = "1127021505" + ids[i];
      String other = "1127021509" + others[i];
      a.append(text("c2s", "0200" + one + "T")).append(text("s2c", "0210" + one + "00T"));
      b.append(text("c2s", "0200" + other + "T")).append(text("s2c", "0210" + other + "00T"));
    }
    assertEquals("copy c2s:4+16->s2c:4+16\n", learn(a.toString(), b.toString()));
  }

  @Test
  void aFieldBesideAnIdStaysComparedInFramesThatDoNotUseIt() throws Exception {
    // A tree, 0 until there is one, and a session, as SMB2 has them.
    String a = "s2c 0100000000a1b2c3d4, c2s 0200000000a1b2c3d4, s2c 0311223344a1b2c3d4,"
        + "c2s 0411223344a1b2c3d4, c2s 0511223344a1b2c3d4";
    String b = a.replace("a1b2c3d4", "51627384").replace("11223344", "91a2b3c4");
    assertEquals("copy s2c[0=03]:1+8->c2s:1+8\ncopy s2c[0=01]:5+4->c2s[0=02]:5+4\n", learn(a, b));
  }

  @Test
  void whatBothSendBeforeACounterIsNotPartOfIt() throws Exception {
    assertEquals(
        "copy c2s:2+3->s2c:2+3\n",
        learn(
            "c2s 0102788d55aa, s2c 0202788d55, c2s 0102788d56ab, s2c 0202788d56",
            "c2s 01028c93c9aa, s2c 02028c93c9, c2s 01028c93caab, s2c 02028c93ca"));
  }

  @Test
  void timesInSecondsThatAreEqualAreNotCopiedThoughOneIsBesideText() throws Exception {
    StringBuilder a = new StringBuilder();
    StringBuilder b = new StringBuilder();
    for (int i = 0; i < 4; i++) {
      a.append("c2s 010269a547226162, s2c 313069a5472200,");
      b.append("c2s 010269a830726162, s2c 313069a8307200,");
    }
    assertTrue(learn(a.toString(), b.toString()).startsWith("ignore"));
  }

  @Test
  void bytesThatAreNeverUsedBetweenValuesThatAreSentBackStayCompared() throws Exception {
    // A checksum, three bytes that are 0, and a time in milliseconds, as in Kafka's records.
    StringBuilder a = new StringBuilder();
    StringBuilder b = new StringBuilder();
    String[] sums = {"3f2e2bb8", "9a806c12", "c7bee389"};
    String[] others = {"42bdf221", "847762f0", "0b4d764d"};
    for (int i = 0; i < 3; i++) {
      String one = sums[i] + "0000000000" + "01a20c9632a" + i;
      String other = others[i] + "0000000000" + "01a20c9714b" + i;
      a.append("c2s 50" + one + ", s2c 46" + one + "ff,");
      b.append("c2s 50" + other + ", s2c 46" + other + "ff,");
    }
    String rules = learn(a.toString(), b.toString());
    assertTrue(rules.contains("copy c2s:1+4->s2c:1+4\n"), rules);
    assertTrue(learned.rules().copied().stream().allMatch(copy -> copy.to().length() < 9), rules);
  }

  @Test
  void aDecimalNumberThatIsSentBackMayHaveAnyDigits() throws Exception {
    StringBuilder a = new StringBuilder();
    StringBuilder b = new StringBuilder();
    for (int i = 0; i < 6; i++) {
      a.append(text("c2s", "seq=" + (113 + i) + " get")).append(text("s2c", "ack=" + (113 + i)));
      b.append(text("c2s", "seq=" + (176 + i) + " get")).append(text("s2c", "ack=" + (176 + i)));
    }
    assertEquals("copy c2s:4+digits->s2c:4+digits\n", learn(a.toString(), b.toString()));
  }

  @Test
  void aDecimalNumberWithZerosBeforeItIsCopiedAsAWhole() throws Exception {
    StringBuilder a = new StringBuilder();
    StringBuilder b = new StringBuilder();
    for (int i = 0; i < 6; i++) {
      a.append(text("c2s", "seq=000" + (113 + i) + " get"))
          .append(text("s2c", "ack=000" + (113 + i)));
      b.append(text("c2s", "seq=000" + (576 + i) + " get"))
          .append(text("s2c", "ack=000" + (576 + i)));
    }
    assertEquals("copy c2s:4+6->s2c:4+6\n", learn(a.toString(), b.toString()));
  }

  @Test
  void anAmountInDigitsBesideATraceNumberStaysCompared() throws Exception {
    String[] traces = {"104839", "583920", "718264", "264107", "937451", "415673"};
    StringBuilder a = new StringBuilder();
    StringBuilder b = new StringBuilder();
    for (int i = 0; i < 6; i++) {
      String other = traces[(i + 1) % 6];
      a.append(text("c2s", "PAY " + traces[i] + "000000001250EUR"))
          .append(text("s2c", "OK  " + traces[i] + "000000001250EUR"));
      b.append(text("c2s", "PAY " + other + "000000001250EUR"))
          .append(text("s2c", "OK  " + other + "000000001250EUR"));
    }
    assertEquals("copy c2s:4+6->s2c:4+6\n", learn(a.toString(), b.toString()));
  }

  @Test
  void aTimeThatBothSidesHaveBesideAnIdIsNotCopiedWithIt() throws Exception {
    String[] ids = {"3f2e2bb8", "9a806c12", "c7bee389", "42bdf221", "847762f0", "0b4d764d"};
    StringBuilder a = new StringBuilder();
    StringBuilder b = new StringBuilder();
    for (int i = 0; i < 6; i++) {
      String end = "000004e2" + "41".repeat(i + 1);
      String one = ids[i] + "69a54722" + end;
      String other = ids[(i + 1) % 6] + "69a54728" + end;
      a.append("c2s 0102" + one + ", s2c 0202" + one + "42,");
      b.append("c2s 0102" + other + ", s2c 0202" + other + "42,");
    }
    learn(a.toString(), b.toString());
    assertEquals("[c2s:2+4->s2c:2+4]", learned.rules().copied().toString());
  }

  @Test
  void aNumberThatGrowsByADigitIsTheSameFieldWhereItDoesNot() throws Exception {
    StringBuilder a = new StringBuilder();
    StringBuilder b = new StringBuilder();
    for (int i = 0; i < 6; i++) {
      a.append(text("c2s", "35=D|34=" + (7 + i) + "|52=20261127-07:06:5" + i + ".120|44=12.50|"));
      b.append(text("c2s", "35=D|34=" + (5 + i) + "|52=20261128-09:16:2" + i + ".345|44=12.50|"));
    }
    assertEquals(
        "ignore c2s:8+digits\nignore c2s:8/digits/4+21\n", learn(a.toString(), b.toString()));
  }

  @Test
  void aVarintThatReadsBackwardsAsAnNtpTimeLeavesNothingElseOpen() throws Exception {
    String rules = learn(
        "c2s 1084c0f6c9cd3318e209, c2s 1097c0f6c9cd3318e209, c2s 10b9c0f6c9cd3318e209",
        "c2s 10a5b1e2d4cd3318e209, c2s 10b7b1e2d4cd3318e209, c2s 10c4b1e2d4cd3318e209");
    assertEquals("ignore c2s:1+4\n", rules);
  }

  @Test
  void anEntryThatOnlyHappensToHaveOneLengthGivesNoRule() throws Exception {
    String rules = learn(
        text("c2s", "\1\6anna=bertha|BAL") + text("c2s", "\1\7claus=dora|BAL"),
        text("c2s", "\1\6emilia=fritz|BAL") + text("c2s", "\1\7gust=david|BAL"));
    assertFalse(rules.contains("ignore c2s[") || rules.contains("ignore c2s:2+"), rules);
    assertTrue(
        learned.notes().toString().contains("no rule was found for that"),
        () -> learned.notes().toString());
  }

  @Test
  void aTimeInMicrosecondsThatIsSentBackIsCopied() throws Exception {
    StringBuilder a = new StringBuilder();
    StringBuilder b = new StringBuilder();
    for (int i = 1; i < 5; i++) {
      long sent = 1_780_000_000_123_456L + i * 1234;
      long later = 1_780_000_009_876_543L + i * 2345;
      a.append("c2s 23%016x, s2c 24%016x%016x,".formatted(sent, sent, sent + 77));
      b.append("c2s 23%016x, s2c 24%016x%016x,".formatted(later, later, later + 85));
    }
    assertEquals("ignore s2c:10+7\ncopy c2s:1+8->s2c:1+8\n", learn(a.toString(), b.toString()));
  }

  @Test
  void anNtpTimeIsFoundInRecordingsThatAreSecondsApart() throws Exception {
    List<Entry> a = new ArrayList<>();
    List<Entry> b = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      a.add(ntp(i, 0xed4fc5a21b5e2201L + i * 0x11223344L));
      b.add(ntp(i, 0xed4fc5a934a7c310L + i * 0x11402468L));
    }
    learned = Learner.learn(Recording.of("a", a), Recording.of("b", b));
    assertEquals("ignore s2c:1+8\n", learned.rules().toString());
  }

  private static Entry ntp(int number, long time) {
    byte[] payload = ByteBuffer.allocate(9).put((byte) 0x24).putLong(time).array();
    return new Entry(number * 67_000L, Direction.S2C, payload);
  }

  @Test
  void aPartOfAUuidIsNoDecimalNumberThoughItIsDigitsByChance() throws Exception {
    String one = "85e0826c-c46c-5023-1734-633a74c4c92e";
    String other = "2166b56b-a2c3-4781-9256-812963799838";
    String rules = learn(
        text("c2s", "id=" + one + "!") + text("s2c", one),
        text("c2s", "id=" + other + "!") + text("s2c", other));
    assertFalse(rules.contains("digits"), rules);
  }

  @Test
  void theFirstDigitOfANumberThatVariesTellsNoKindOfFrame() throws Exception {
    StringBuilder a = new StringBuilder();
    StringBuilder b = new StringBuilder();
    for (int i = 0; i < 6; i++) {
      a.append(text("c2s", "no=" + (4321 + 312 * i) + ";get"))
          .append(text("s2c", "re=" + (4321 + 312 * i) + ";"));
      b.append(text("c2s", "no=" + (4567 + 276 * i) + ";get"))
          .append(text("s2c", "re=" + (4567 + 276 * i) + ";"));
    }
    assertEquals("copy c2s:3+digits->s2c:3+digits\n", learn(a.toString(), b.toString()));
  }

  @Test
  void aNumberThatIsSentBackIsComparedInRepliesWhereItHappensToHaveOneLength() throws Exception {
    StringBuilder a = new StringBuilder();
    StringBuilder b = new StringBuilder();
    for (int i = 0; i < 4; i++) {
      String more = "!!!!".substring(i);
      a.append(text("c2s", "no=" + (997 + i) + ";" + more))
          .append(text("s2c", "re=" + (997 + i) + ";" + more));
      b.append(text("c2s", "no=" + (998 + i) + ";" + more))
          .append(text("s2c", "re=" + (998 + i) + ";" + more));
    }
    assertEquals("copy c2s:3+digits->s2c:3+digits\n", learn(a.toString(), b.toString()));
  }

  @Test
  void aRandomDecimalNumberWithZerosBeforeItIsCopiedAsAWhole() throws Exception {
    StringBuilder a = new StringBuilder();
    StringBuilder b = new StringBuilder();
    String[] ids = {"000846133", "000142418", "000903355", "000511706"};
    String[] others = {"000088292", "000773750", "000412869", "000264918"};
    for (int i = 0; i < 4; i++) {
      a.append(text("c2s", "ref " + ids[i] + ".")).append(text("s2c", "re " + ids[i] + "."));
      b.append(text("c2s", "ref " + others[i] + ".")).append(text("s2c", "re " + others[i] + "."));
    }
    assertEquals("copy c2s:4+9->s2c:3+9\n", learn(a.toString(), b.toString()));
  }

  @Test
  void digitsOfARandomNumberThatAreEqualInSomeFramesVaryInOthers() throws Exception {
    String[] ofA = {"617431980", "831613103", "187265926", "321196071", "483637231"};
    String[] ofB = {"602237871", "798269343", "327864437", "925668688", "715590404"};
    StringBuilder a = new StringBuilder();
    StringBuilder b = new StringBuilder();
    for (int i = 0; i < 5; i++) {
      String more = "paid paid paid".substring(0, 2 + 2 * i);
      a.append(text("s2c", "ref=" + ofA[i] + ";" + more));
      b.append(text("s2c", "ref=" + ofB[i] + ";" + more));
    }
    assertEquals("ignore s2c:4+9\n", learn(a.toString(), b.toString()));
  }

  @Test
  void howBothRequestsAndRepliesBeginIsNotPartOfAnId() throws Exception {
    String a = "c2s ca01fe0211223344, s2c ca01fe021122334455";
    assertEquals("copy c2s:4+4->s2c:4+4\n", learn(a, a.replace("11223344", "99887766")));
  }

  @Test
  void timesThatAreEqualAtTimesAreNotCopied() throws Exception {
    StringBuilder a = new StringBuilder();
    StringBuilder b = new StringBuilder();
    for (int i = 0; i < 4; i++) {
      long late = i == 0 ? 0 : 7;
      long then = 1763872233123L + 1501 * i;
      a.append(text("c2s", i + "|" + then)).append(text("s2c", "t=" + (then + late)));
      b.append(text("c2s", i + "|" + (then + 9876)))
          .append(text("s2c", "t=" + (then + 9876 + late)));
    }
    assertEquals("ignore c2s:2+13\nignore s2c:2+13\n", learn(a.toString(), b.toString()));
  }

  @Test
  void repliesInAnotherOrderAreKnownByTheirRequests() throws Exception {
    String a = "c2s 1111111161, c2s 2222222262, s2c 11111111aa, s2c 22222222bbbb";
    String b = "c2s 3333333361, c2s 4444444462, s2c 44444444bbbb, s2c 33333333aa";
    assertEquals("copy c2s:0+4->s2c:0+4\n", learn(a, b));
    assertTrue(learned.summary().isSame());
  }

  @Test
  void requestsOfSeveralKindsMayHoldTheIdInSeveralPlaces() throws Exception {
    String a = "c2s 01aa11223344, s2c 11223344, c2s 02aabbcc55667788, s2c 55667788";
    String b = "c2s 01aa99887766, s2c 99887766, c2s 02aabbccd1d2d3d4, s2c d1d2d3d4";
    assertEquals("copy c2s:-4+4->s2c:0+4\n", learn(a, b));
  }

  @Test
  void whatOneRecordingAloneHasIsNotExplained() throws Exception {
    learn("c2s 61, s2c 6f6b", "c2s 61, s2c 6f6b, c2s 62");
    assertFalse(learned.summary().isSame());
    assertEquals(Change.Kind.ADDED, learned.unexplained().get(0).change().kind());
    assertEquals("", learned.rules().toString());
  }

  @Test
  void anotherLengthIsNotExplained() throws Exception {
    assertEquals("", learn("c2s 61, s2c 6f6b", "c2s 61, s2c 6f6b21"));
    assertEquals(Change.Kind.CHANGED, learned.unexplained().get(0).change().kind());
    assertEquals(3, learned.unexplained().get(0).change().b().line());
  }

  @Test
  void fewBytesThatSeldomDifferAreADifferenceAndNoField() throws Exception {
    String a = "c2s 6101, c2s 6102, c2s 6103, c2s 6104, c2s 6105";
    assertEquals("", learn(a, a.replace("6103", "6109")));
    assertEquals(1, learned.summary().changed());
  }

  @Test
  void aFieldThatOthersDoNotHaveAtItsPlaceIsLimitedToItsKind() throws Exception {
    String others = ", c2s 6101, c2s 6102, c2s 6103, c2s 6104, c2s 6105, c2s 6106";
    assertEquals(
        "ignore c2s:-13+4\nignore c2s:-7+4\nignore c2s[6=00]:-1+1\n",
        learn(
            "c2s 611122334400003132333400002a, c2s 61615566778800003536373800002b" + others,
            "c2s 619988776600004142434400003c, c2s 6161a1a2a3a400004546474800003d" + others));
    assertTrue(learned.summary().isSame());
  }

  @Test
  void aThirdRecordingShowsThatAByteVariesThatWasTheSameInTwo() throws Exception {
    try (Recording a = recording("a.rec", "c2s 6111223344");
        Recording b = recording("b.rec", "c2s 61552266aa");
        Recording c = recording("c.rec", "c2s 61778899bb")) {
      assertEquals(
          "ignore c2s:1+1\nignore c2s:3+2\n", Learner.learn(a, b).rules().toString());
      assertEquals("ignore c2s:1+4\n", Learner.learn(List.of(a, b, c)).rules().toString());
    }
  }

  @Test
  void oneRecordingAloneShowsNothing() throws Exception {
    try (Recording a = recording("a.rec", "c2s 61")) {
      assertThrows(IllegalArgumentException.class, () -> Learner.learn(List.of(a)));
    }
  }

  @Test
  void connectionsOfTwoRunsArePairedByWhatWasSaidOnThem() throws Exception {
    Conversation get = conversation("get", text("c2s", "get k") + "s2c 11223344");
    Conversation put = conversation("put", text("c2s", "put k=1") + "s2c 6f6b");
    Conversation putAgain = conversation("put2", text("c2s", "put k=1") + "s2c 6f6b");
    Conversation getAgain = conversation("get2", text("c2s", "get k") + "s2c 55667788");
    Learned learned = Learner.learn(List.of(List.of(get, put), List.of(putAgain, getAgain)), 1000);
    assertEquals("ignore s2c:0+4\n", learned.rules().toString());
    assertTrue(learned.explainsAll());
  }

  @Test
  void aConnectionThatOneRunAloneHasIsNotExplained() throws Exception {
    Conversation one = conversation("one", "c2s 61, s2c 6f6b");
    Conversation other = conversation("other", "c2s 62, s2c 6f6b");
    Learned learned = Learner.learn(List.of(List.of(one, other), List.of(one)), 1000);
    assertFalse(learned.explainsAll());
    assertTrue(learned.notes().get(0).endsWith("other is like no other connection of a run"));
  }

  @Test
  void aValueThatAServerGaveToAnotherConnectionIsCopiedAcross() throws Exception {
    String a = "1122334455667788";
    String b = "a1a2a3a4a5a6a7a8";
    Learned learned = Learner.learn(
        List.of(
            List.of(conversation("a1", "c2s 61, s2c 00" + a), conversation("a2", "c2s 62" + a)),
            List.of(conversation("b1", "c2s 61, s2c 00" + b), conversation("b2", "c2s 62" + b))),
        1000);
    assertEquals("copy s2c:1+8->c2s:1+8 across\n", learned.rules().toString());
    assertTrue(learned.explainsAll());
    assertTrue(learned.findings().get(0).reason().contains(" of this or another connection (1 "));
  }

  @Test
  void aValueThatIsUsedOnItsOwnConnectionAndOnAnotherIsCopiedAcross() throws Exception {
    List<List<Conversation>> runs = new ArrayList<>();
    for (String token : List.of("1122334455667788", "a1a2a3a4a5a6a7a8")) {
      String use = "c2s 62" + token + ", s2c 6f6b";
      runs.add(List.of(
          conversation(token + "1", "c2s 61, s2c 00" + token + ", " + use),
          conversation(token + "2", use)));
    }
    Learned learned = Learner.learn(runs, 1000);
    assertEquals("copy s2c:1+8->c2s:1+8 across\n", learned.rules().toString());
    assertTrue(learned.explainsAll());
  }

  @Test
  void aShortValueThatIsEqualOnAnotherConnectionMayBeChance() throws Exception {
    Learned learned = Learner.learn(
        List.of(
            List.of(conversation("a1", "c2s 61, s2c 001122"), conversation("a2", "c2s 621122")),
            List.of(conversation("b1", "c2s 61, s2c 00a1a2"), conversation("b2", "c2s 62a1a2"))),
        1000);
    assertEquals("ignore c2s:1+2\nignore s2c:1+2\n", learned.rules().toString());
  }

  @Test
  void aValueThatAServerGaveToAnotherConnectionAtAPlaceThatVariesGetsARemark() throws Exception {
    String a = "1122334455667788";
    String b = "a1a2a3a4a5a6a7a8";
    Learned learned = Learner.learn(
        List.of(
            List.of(
                conversation("a1", "c2s 61, s2c 00" + a + "ff"), conversation("a2", "c2s 62" + a)),
            List.of(conversation("b1", "c2s 61, s2c ff00" + b), conversation("b2", "c2s 62" + b))),
        1000);
    assertEquals("ignore s2c:0+10\n", learned.rules().toString());
    assertTrue(learned.notes().get(0).contains("another connection"), learned.notes()::toString);
  }

  private Conversation conversation(String name, String entries) throws IOException {
    return Conversation.of(TestRecordings.write(dir.resolve(name), entries));
  }

  @Test
  void longRecordingsAreLearnedFromInPartAndComparedAsAWhole() throws Exception {
    StringBuilder a = new StringBuilder();
    StringBuilder b = new StringBuilder();
    for (int i = 0; i < 10_100; i++) {
      a.append(String.format("c2s %04x00,", i));
      b.append(String.format("c2s %04x%s,", i ^ 0xffff, i < 10_050 ? "00" : "01"));
    }
    assertEquals("ignore c2s:0+2\n", learn(a.toString(), b.toString()));
    assertFalse(learned.isWhole());
    assertEquals(10_000, learned.entriesLookedAt());
    assertEquals(50, learned.summary().changed());
  }

  @Test
  void aTextAfterItsLengthIsAFieldAndSoIsWhatFollowsIt() throws Exception {
    assertEquals(
        "ignore s2c:1+len16\nignore s2c:1/len16/2+3\n",
        learn(
            "s2c 010004" + "61627a64" + "0a0b" + "112233, s2c 010002" + "7879" + "0a0b" + "445566",
            "s2c 010003" + "717273" + "0a0b" + "a1a2a3, s2c 010005" + "6b6c6d6e6f" + "0a0b"
                + "b4b5b6"));
    assertTrue(learned.explainsAll());
  }

  @Test
  void bytesThatAreRandomUpToTheEndAreTheRestOfThePayload() throws Exception {
    assertEquals(
        "ignore s2c:2+rest\n",
        learn("s2c 6f6b112233, s2c 6f6b55", "s2c 6f6b9988, s2c 6f6b887766554433"));
  }

  @Test
  void aNumberThatGrewByADigitIsAFieldOfDigits() throws Exception {
    assertEquals(
        "ignore s2c:3+digits\n",
        learn(
            text("s2c", "id=98;ok") + text("s2c", "id=99;ok"),
            text("s2c", "id=99;ok") + text("s2c", "id=100;ok")));
  }

  @Test
  void textsOfDifferentLengthsThatAreNearlyTheSameAreADifference() throws Exception {
    String payment = "{pay: 12.50, to: 0815, by: anna}";
    assertEquals("", learn(text("c2s", payment), text("c2s", payment.replace("12.50", "112.50"))));
    assertFalse(learned.explainsAll());
  }

  @Test
  void aTextAfterAnIdIsAFieldThoughThePayloadsDifferBeforeIt() throws Exception {
    assertEquals(
        "ignore c2s:5+len8\ncopy c2s:1+4->s2c:1+4\n",
        learn(
            "c2s 01aabbccdd03616263ff, s2c 01aabbccdd, c2s 0211223344026465ff, s2c 0211223344",
            "c2s 01a1a2a3a40178ff, s2c 01a1a2a3a4, c2s 02b1b2b3b404797a7879ff, s2c 02b1b2b3b4"));
    assertTrue(learned.explainsAll());
  }

  @Test
  void bytesUpToTheEndOfOneFrameAloneAreADifference() throws Exception {
    assertEquals("", learn("c2s 61, s2c 6f6b112233", "c2s 61, s2c 6f6b99"));
    assertFalse(learned.explainsAll());
  }

  @Test
  void aNumberOfWhichOneDigitDiffersIsCopiedAsAWhole() throws Exception {
    assertEquals(
        "copy s2c:3+digits->c2s:2+digits\n",
        learn(
            text("s2c", "ok 7315;") + text("c2s", "a 7315 x"),
            text("s2c", "ok 7319;") + text("c2s", "a 7319 x")));
  }

  @Test
  void aRuleDoesNotReachIntoAFieldWhoseLengthVaries() throws Exception {
    assertEquals(
        "ignore s2c[0=01]:1+len8\nignore s2c[0=02]:3+4\n",
        learn(
            "s2c 01" + "0578797a7a79, s2c 01" + "03414243, s2c 02" + "000011223344",
            "s2c 01" + "0361626e, s2c 01" + "0451525354, s2c 02" + "0000a1b2c3d4"));
    assertTrue(learned.explainsAll());
  }

  @Test
  void aFieldAtTheEndIsOneEvenWhereItHappensToHaveOneLength() throws Exception {
    String rules = learn(
        "s2c 0101" + "03616263, s2c 010203" + "027879, s2c 0103141516" + "02aabb",
        "s2c 0101" + "027a71, s2c 010203" + "06717273747576, s2c 0103141516" + "02ccdd");
    assertTrue(rules.contains(":5+len8\n"), rules);
    assertTrue(learned.explainsAll());
  }

  @Test
  void framesThatCameInAnotherOrderAreNotTakenForFieldsThatVary() throws Exception {
    String late = "s2c 02037e03000000000000007c001d49443a766d2d3334, s2c 1202c0030000000000000000";
    String early = "s2c 1e01000000000000000001, s2c 1e01000000000000000003";
    early += ", s2c 1e01000000000000000004";
    String end = ", s2c 1e01000000000000000005";
    assertEquals("", learn(late + "," + early + end, early + "," + late + end));
  }
}
