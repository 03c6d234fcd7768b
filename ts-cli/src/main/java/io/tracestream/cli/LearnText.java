package io.tracestream.cli;

import io.tracestream.compare.Change;
import io.tracestream.compare.DiffSummary;
import io.tracestream.compare.Learned;

/** Writes what was learned as a file of rules: all that is not a rule stands behind a #. */
final class LearnText {
  private final String nameOfA;
  private final String nameOfB;
  private final Learned learned;
  private final StringBuilder text = new StringBuilder();

  private LearnText(String nameOfA, String nameOfB, Learned learned) {
    this.nameOfA = nameOfA;
    this.nameOfB = nameOfB;
    this.learned = learned;
  }

  static String of(String nameOfA, String nameOfB, Learned learned) {
    LearnText text = new LearnText(nameOfA, nameOfB, learned);
    text.head();
    learned.findings().forEach(text::finding);
    text.rest();
    return text.text.toString();
  }

  private void head() {
    DiffSummary summary = learned.summary();
    comment("Learned from " + nameOfA + " (" + summary.entriesOfA() + " entries) and " + nameOfB
        + " (" + summary.entriesOfB() + " entries).");
    if (!learned.isWhole()) {
      comment("They are long: the rules come from the first " + learned.entriesLookedAt()
          + " entries.");
    }
    if (learned.findings().isEmpty() && summary.isSame()) {
      comment("Nothing differs: no rules are needed.");
    }
  }

  private void finding(Learned.Finding finding) {
    text.append('\n');
    comment(finding.support() + " of " + finding.of() + " " + finding.reason());
    if (finding.others() > 0) {
      comment("it leaves these bytes open in " + finding.others()
          + (finding.others() == 1 ? " further entry," : " further entries,")
          + " where nothing speaks for it");
    }
    text.append(finding.rule());
  }

  private void rest() {
    DiffSummary summary = learned.summary();
    if (summary.isSame()) {
      return;
    }
    text.append('\n');
    comment("Not explained: " + summary.changed() + " changed, " + summary.added() + " added, "
        + summary.removed() + " removed.");
    for (Change change : learned.unexplained()) {
      comment(DiffText.line(nameOfA, nameOfB, change));
    }
    long told = learned.unexplained().size();
    long all = summary.changed() + summary.added() + summary.removed();
    if (told < all) {
      comment("... and " + (all - told) + " more; ts_proxy diff with these rules shows them all");
    }
  }

  private void comment(String line) {
    text.append("# ").append(VisibleText.line(line)).append('\n');
  }
}
