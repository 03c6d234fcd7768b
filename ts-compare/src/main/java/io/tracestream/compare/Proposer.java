package io.tracestream.compare;

import io.tracestream.recording.Direction;
import io.tracestream.rules.Field;
import io.tracestream.rules.Rules;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Proposes rules that explain how pairs differ. For one thread, and one proposal. */
final class Proposer {
  /** A field of this many bytes is hardly a real difference. */
  private static final int RANDOM_FIELD = 4;

  private final Pairing entries;
  private final CopyFinder finder;
  private final Evidence c2s;
  private final Evidence s2c;
  private final List<VaryingField> fieldsOfServer;
  /** Parts of c2s frames that the client chooses. */
  private final List<VaryingField> chosenByClient = new ArrayList<>();
  /** Parts of s2c frames that no copy explains. */
  private final List<VaryingField> chosenByServer = new ArrayList<>();

  private final List<CopyEvidence> copies = new ArrayList<>();

  Proposer(Pairing entries, List<Pair> c2s, List<Pair> s2c) {
    this.entries = entries;
    this.c2s = new Evidence(Direction.C2S, c2s);
    this.finder = new CopyFinder(entries, this.c2s);
    this.s2c = new Evidence(Direction.S2C, s2c);
    this.fieldsOfServer = FieldFinder.find(this.s2c);
  }

  List<Learned.Finding> propose() {
    Deque<VaryingField> open = new ArrayDeque<>(FieldFinder.find(c2s));
    while (!open.isEmpty()) {
      open.addAll(explainByServer(open.remove()));
    }
    open.addAll(fieldsOfServer);
    while (!open.isEmpty()) {
      open.addAll(explainByClient(open.remove()));
    }
    dropWeakCopies();
    List<Learned.Finding> findings = new ArrayList<>();
    copies.forEach(copy -> findings.add(finding(copy)));
    ignored(chosenByClient, c2s).forEach(findings::add);
    ignored(chosenByServer, s2c).forEach(findings::add);
    return findings;
  }

  /** Looks for a value from the server that the client sent back; returns what is unexplained. */
  private List<VaryingField> explainByServer(VaryingField varying) {
    CopyEvidence copy = finder.find(fieldsOfServer, varying);
    if (copy == null
        || !copy.explainsAll() && !copy.isStrong()
        || copy.isHome(entries.ofA(Direction.C2S))) {
      chosenByClient.add(varying);
      return List.of();
    }
    add(copy);
    if (!copy.explainsAll()) { // sometimes the client chooses it
      chosenByClient.add(varying);
      return List.of();
    }
    return varying.without(copy.copy().to());
  }

  /** Looks for a value from the client that the server sent back; returns what is unexplained. */
  private List<VaryingField> explainByClient(VaryingField varying) {
    CopyEvidence copy = finder.find(chosenByClient, varying);
    if (copy == null) {
      chosenByServer.add(varying);
      return List.of();
    }
    add(copy);
    List<VaryingField> rest = new ArrayList<>(varying.without(copy.copy().to()));
    if (!copy.explainsAll()) { // requests of another kind may have it elsewhere
      rest.add(VaryingField.of(copy.copy().to(), copy.unexplained()));
    }
    return rest;
  }

  private void add(CopyEvidence copy) {
    for (int i = 0; i < copies.size(); i++) {
      if (copies.get(i).copy().equals(copy.copy())) {
        copies.set(i, copies.get(i).plus(copy, entries));
        return;
      }
    }
    copies.add(copy);
  }

  /** A copy that explains some values, while all others have to be ignored, is likely chance. */
  private void dropWeakCopies() {
    for (CopyEvidence copy : List.copyOf(copies)) {
      Field to = copy.copy().to();
      boolean needsIgnore = chosenByServer.stream()
          .anyMatch(varying -> Fields.contains(varying.field(), to)
              && varying.pairs().stream().anyMatch(copy.unexplained()::contains));
      if (needsIgnore && !copy.isStrong()) {
        copies.remove(copy);
      }
    }
  }

  private Learned.Finding finding(CopyEvidence copy) {
    boolean toClient = copy.copy().to().direction() == Direction.S2C;
    return new Learned.Finding(
        Rules.NONE.copying(copy.copy()),
        copy.explained(),
        copy.needed(),
        toClient
            ? "replies that differ here have the value of an earlier request"
            : "requests that differ here have a value of an earlier reply",
        copy.others(toClient ? c2s : s2c));
  }

  /** Rules for what copies neither explain nor leave open as their source. */
  private List<Learned.Finding> ignored(List<VaryingField> fields, Evidence evidence) {
    List<VaryingField> rest = fields;
    for (CopyEvidence copy : copies) {
      rest = rest.stream()
          .flatMap(varying -> varying.without(copy.copy().from()).stream())
          .toList();
    }
    return rest.stream()
        .filter(varying -> isVarying(varying, evidence))
        .map(varying -> new Learned.Finding(
            Rules.NONE.ignoring(varying.field()),
            varying.pairs().size(),
            evidence.having(varying.field()),
            "entries that have these bytes differ in them",
            evidence.having(varying.field()) - varying.pairs().size()))
        .toList();
  }

  /**
   * Whether it is a field that varies: a few bytes that seldom differ are more likely a real
   * difference.
   */
  private static boolean isVarying(VaryingField varying, Evidence evidence) {
    long differing = varying.pairs().size();
    return varying.field().length() >= RANDOM_FIELD
        || differing * 4 >= evidence.having(varying.field())
            && differing >= evidence.blinded(varying.field());
  }
}
