package io.tracestream.replay;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The turn of a connection whose frames choose the conversation. */
final class ChosenTurn implements Turn {
  private final Chooser chooser;
  private final Manner manner;
  private final List<Choice> opened = new ArrayList<>();
  private Candidates candidates;

  ChosenTurn(Chooser chooser, Manner manner) {
    this.chooser = chooser;
    this.manner = manner;
  }

  @Override
  public Candidates open() throws IOException {
    List<Candidate> all = new ArrayList<>();
    for (Choice choice : chooser.open()) {
      Play play = manner.of(choice.open(manner.format().longestPayload()));
      opened.add(choice);
      all.add(new Candidate(choice, play));
    }
    candidates = all.isEmpty() ? null : new Candidates(all, chooser, manner.rules());
    return candidates;
  }

  @Override
  public void over() throws IOException {
    if (candidates != null) {
      candidates.leave();
    }
    for (Choice choice : opened) {
      choice.release();
    }
  }
}
