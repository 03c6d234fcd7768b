package score;

/**
 * What came out of one trial, or the sum of some.
 *
 * @param rules how many rules were learned
 * @param replayed how many fresh clients agreed with the recording, of {@code clients}
 * @param verified how many fresh servers agreed with it, of {@code servers}
 * @param constantOpen bytes that are open although they are the same in all recordings
 * @param wrongPassed how many peers passed of those {@code wrong} that had one wrong byte
 * @param echoesPassed how many peers passed of those {@code echoes} that sent back another value
 *     than they got
 */
record Outcome(
    int rules,
    int replayed,
    int clients,
    int verified,
    int servers,
    int constantOpen,
    int wrongPassed,
    int wrong,
    int echoesPassed,
    int echoes) {

  Outcome plus(Outcome other) {
    return new Outcome(
        rules + other.rules,
        replayed + other.replayed,
        clients + other.clients,
        verified + other.verified,
        servers + other.servers,
        constantOpen + other.constantOpen,
        wrongPassed + other.wrongPassed,
        wrong + other.wrong,
        echoesPassed + other.echoesPassed,
        echoes + other.echoes);
  }

  /** A row of the table. */
  String row(String name) {
    return "| %s | %d | %d of %d | %d of %d | %d | %d of %d | %s |"
        .formatted(
            name,
            rules,
            replayed,
            clients,
            verified,
            servers,
            constantOpen,
            wrongPassed,
            wrong,
            echoes == 0 ? "-" : echoesPassed + " of " + echoes);
  }

  /** A line of the file with what is expected, and {@link #parse} reads it. */
  String line(String name) {
    return String.join(
        "\t", name, "" + replayed, "" + verified, "" + wrongPassed, "" + echoesPassed);
  }

  static Outcome parse(String line) {
    String[] columns = line.split("\t");
    return new Outcome(
        0,
        Integer.parseInt(columns[1]),
        0,
        Integer.parseInt(columns[2]),
        0,
        0,
        Integer.parseInt(columns[3]),
        0,
        Integer.parseInt(columns[4]),
        0);
  }

  /** How this is worse; null if it is not. */
  String worseThan(Outcome expected) {
    if (replayed < expected.replayed) {
      return replayed + " clients replayed, expected " + expected.replayed;
    }
    if (verified < expected.verified) {
      return verified + " servers verified, expected " + expected.verified;
    }
    if (wrongPassed > expected.wrongPassed) {
      return wrongPassed + " wrong peers passed, expected at most " + expected.wrongPassed;
    }
    if (echoesPassed > expected.echoesPassed) {
      return echoesPassed + " wrong echoes passed, expected at most " + expected.echoesPassed;
    }
    return null;
  }
}
