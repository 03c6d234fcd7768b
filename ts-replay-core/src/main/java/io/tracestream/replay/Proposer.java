package io.tracestream.replay;

import io.tracestream.recording.Direction;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Proposes rules for the differences of pairs. For one thread, and one proposal. */
final class Proposer {
  /** A field of so many bytes is hardly a difference in what is said. */
  private static final int RANDOM_FIELD = 4;

  private final CopyFinder finder;
  private final Evidence c2s;
  private final Evidence s2c;
  private final List<Field> fieldsOfServer;
  /** Parts of c2s frames that the client chooses. */
  private final List<Field> chosenByClient = new ArrayList<>();
  /** Parts of s2c frames that no copy explains. */
  private final List<Field> chosenByServer = new ArrayList<>();

  private final List<CopyEvidence> copies = new ArrayList<>();

  Proposer(Pairing entries, List<Pair> c2s, List<Pair> s2c) {
    this.finder = new CopyFinder(entries);
    this.c2s = new Evidence(Direction.C2S, c2s);
    this.s2c = new Evidence(Direction.S2C, s2c);
    this.fieldsOfServer = fields(this.s2c);
  }

  private static List<Field> fields(Evidence evidence) {
    Widening widening = new Widening(evidence);
    return Fields.merged(
        FieldFinder.find(evidence).stream().map(widening::widen).toList());
  }

  List<Learned.Finding> propose() {
    Deque<Field> open = new ArrayDeque<>(fields(c2s));
    while (!open.isEmpty()) {
      open.addAll(explainByServer(open.remove()));
    }
    open.addAll(fieldsOfServer);
    while (!open.isEmpty()) {
      open.addAll(explainByClient(open.remove()));
    }
    List<Learned.Finding> findings = new ArrayList<>();
    copies.forEach(copy -> findings.add(finding(copy)));
    ignored(chosenByClient, c2s).forEach(findings::add);
    ignored(chosenByServer, s2c).forEach(findings::add);
    return findings;
  }

  /** A value that the server gave comes back; what is left of the field is returned. */
  private List<Field> explainByServer(Field field) {
    CopyEvidence copy = finder.find(fieldsOfServer, field, s2c, c2s);
    if (copy == null || !copy.explainsAll() && copy.isShort()) {
      chosenByClient.add(field);
      return List.of();
    }
    copies.add(copy);
    if (!copy.explainsAll()) { // the client chooses it at times
      chosenByClient.add(field);
      return List.of();
    }
    return differing(Fields.without(field, copy.copy().to()), c2s);
  }

  private List<Field> explainByClient(Field field) {
    CopyEvidence copy = finder.find(chosenByClient, field, c2s, s2c);
    if (copy == null) {
      chosenByServer.add(field);
      return List.of();
    }
    copies.add(copy);
    if (!copy.explainsAll()) {
      chosenByServer.add(copy.copy().to());
    }
    return differing(Fields.without(field, copy.copy().to()), s2c);
  }

  private static List<Field> differing(List<Field> fields, Evidence evidence) {
    return fields.stream().filter(field -> !evidence.differing(field).isEmpty()).toList();
  }

  private static Learned.Finding finding(CopyEvidence copy) {
    boolean toClient = copy.copy().to().direction() == Direction.S2C;
    return new Learned.Finding(
        new Rules(List.of(), List.of(copy.copy())),
        copy.explained(),
        copy.needed(),
        toClient
            ? "replies that differ hold the value of a request before them"
            : "requests that differ hold a value that the server gave before");
  }

  /** Rules for what copies do not explain, and do not open as their source. */
  private List<Learned.Finding> ignored(List<Field> fields, Evidence evidence) {
    List<Field> rest = fields;
    for (CopyEvidence copy : copies) {
      Field source = copy.copy().from();
      rest = rest.stream()
          .flatMap(field -> Fields.sameEnd(field, source)
              ? differing(Fields.without(field, source), evidence).stream()
              : List.of(field).stream())
          .toList();
    }
    return Fields.merged(rest).stream()
        .filter(field -> isVarying(field, evidence))
        .map(field -> new Learned.Finding(
            new Rules(List.of(field), List.of()),
            evidence.differing(field).size(),
            evidence.having(field),
            "entries that have these bytes differ in them"))
        .toList();
  }

  /**
   * Whether it is a field that varies rather than a difference in what was said: few bytes that
   * seldom differ are the latter.
   */
  private static boolean isVarying(Field field, Evidence evidence) {
    long differing = evidence.differing(field).size();
    return field.length() >= RANDOM_FIELD
        || differing * 4 >= evidence.having(field) && differing >= evidence.blinded(field);
  }
}
