package io.tracestream.replay;

import io.tracestream.recording.Direction;
import io.tracestream.rules.Comparer;
import io.tracestream.rules.Copy;
import io.tracestream.rules.Field;
import io.tracestream.rules.Rules;
import io.tracestream.rules.Splice;
import io.tracestream.rules.Ties;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The requests of all recorded conversations, indexed by content, and the replies to each: what a
 * stub answers from. Requests have numbers, from 0 in the order in which they were recorded.
 *
 * <p>Requests that are equal under the rules form one group, represented by its first request. A
 * group hands out its requests one after the other, each of them once, and then its last one again
 * and again, over all connections.
 *
 * <p>The replies of a request are those that a copy ties to it, wherever they stand, and those that
 * follow it, or follow such a reply, up to the next request. An allowed frame may stand between a
 * request and its reply.
 *
 * <p>Memory: 60 to 100 bytes for each request, 4 for each reply, and some 100 for each page of a
 * {@link Script}. Payloads are not kept here: they are in the pages that the {@link PageCache}
 * holds, or else are read again when they are needed.
 *
 * <p>For any number of threads.
 */
final class Pool implements Closeable {
  static final int NONE = -1;
  /** For hashes of all bytes. */
  private static final Comparer BYTES = new Comparer(Rules.NONE, Direction.C2S);
  /** How many unused requests are listed. */
  static final int MOST_PLACES = 100;
  /** Files that are kept open: more would take the descriptors of the clients. */
  private static final int MOST_OPEN = 256;
  /** How many requests are compared with a frame to find the most similar one. */
  private static final int MOST_COMPARED = 64;
  /** How far into a payload to look for its first compared bytes, past open ones. */
  private static final int LONGEST_BEGINNING = 64;

  private final List<Script> scripts;
  private final String name;
  private final Comparer comparer;
  private final Copy[] intoRequests;

  // Of each request.
  private final int[] conversations;
  private final int[] entries;
  private final int[] lengths;
  private final long[] beginnings;
  /** The next one of the group; NONE after the last. */
  private final int[] nextEqual;
  /** For the first of a group, its last one; NONE for others. */
  private final int[] lastEqual;
  /** For the first of a group, the next one to be handed out; NONE when all were. */
  private final AtomicIntegerArray unused;
  /** Where its replies begin in {@code replies}; they end where those of the next request begin. */
  private final int[] firstReplies;
  /** Allowed frames, which need not be sent. */
  private final BitSet allowed;

  /** The entries of replies; the complement of the number where a copy ties it to its request. */
  private final int[] replies;
  /** The entries of the first conversation before its first request. */
  private final int[] greeting;

  private final HashIndex groups;
  /** Groups that differ in what copies write into requests; null without such copies. */
  private final @Nullable Alike alike;

  /** Of each copy into requests, the recorded values that came from a reply. */
  private final HashIndex[] tokens;

  private final int count;
  private final long askable;
  private final AtomicLong asked = new AtomicLong();
  /** Where the unused ones are; null until the files are closed. */
  private volatile @Nullable List<String> lastPlaces;

  /** The conversations whose files may be open, the latest used at the end; guarded by itself. */
  private final Map<Integer, Boolean> open = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * Reads all conversations once.
   *
   * @throws io.tracestream.recording.RecordingException where one is damaged
   */
  Pool(String name, List<Script> scripts, Role role) throws IOException {
    Builder builder = new Builder(scripts, role);
    try {
      builder.addAll();
    } catch (OutOfMemoryError e) {
      throw new IOException(
          scripts.get(0) + ": not enough memory for an index of all recorded requests;"
              + " give the program more",
          e);
    }
    this.scripts = scripts;
    this.name = name;
    this.comparer = role.comparer();
    this.intoRequests = builder.intoRequests;
    this.count = builder.count;
    this.conversations = builder.conversations;
    this.entries = builder.entries;
    this.lengths = builder.lengths;
    this.beginnings = builder.beginnings;
    this.nextEqual = builder.nextEqual;
    this.lastEqual = builder.lastEqual;
    this.firstReplies = builder.firstReplies;
    this.replies = builder.replies;
    this.greeting = Arrays.copyOf(builder.greeting, builder.greetingLength);
    this.groups = builder.groups;
    this.alike = builder.alike;
    this.tokens = builder.tokens;
    this.allowed = builder.allowed;
    this.askable = count - allowed.cardinality();
    this.unused = new AtomicIntegerArray(count);
    for (int i = 0; i < count; i++) {
      unused.set(i, i);
    }
  }

  /** Groups by a hash that is the same for all that are alike, each a chain. */
  private static final class Alike {
    private final HashIndex groups = new HashIndex();
    private int[] next = new int[64];
    private int[] last = new int[64];

    private void add(int request, long hash) {
      int first = groups.get(hash);
      next[request] = NONE;
      if (first == NONE) {
        groups.put(hash, request);
        first = request;
      } else {
        next[last[first]] = request;
      }
      last[first] = request;
    }
  }

  /** Builds the pool, conversation by conversation. */
  private static final class Builder {
    private final List<Script> scripts;
    private final Role role;
    private final Copy[] intoRequests;

    private int count;
    private int[] conversations = new int[64];
    private int[] entries = new int[64];
    private int[] lengths = new int[64];
    private long[] beginnings = new long[64];
    private int[] nextEqual = new int[64];
    private int[] lastEqual = new int[64];
    private int[] firstReplies = new int[64];
    private final BitSet allowed = new BitSet();
    private final HashIndex groups = new HashIndex();
    private final @Nullable Alike alike;
    private final HashIndex[] tokens;

    private int[] replies = new int[64];
    private int replyCount;
    private int[] greeting = new int[4];
    private int greetingLength;

    // About the conversation being read.
    private int firstRequest;
    private Ties ties;
    /** Of each copy into requests: the values that replies have had. */
    private final HashIndex[] given;

    private int[] found = new int[64];
    private int[] owners = new int[64];
    private int foundCount;
    /** The request that the previous entry belongs to. */
    private int owner;
    /** Whether a copy ties it there. */
    private boolean isTied;
    /** The latest request that is not an allowed frame. */
    private int question;

    private boolean isAnswered;

    private Builder(List<Script> scripts, Role role) {
      this.scripts = scripts;
      this.role = role;
      List<Copy> into = new ArrayList<>();
      for (Copy copy : role.rules().copied()) {
        if (copy.from().direction() == Direction.S2C) {
          into.add(copy);
        }
      }
      intoRequests = into.toArray(new Copy[0]);
      given = indexes(intoRequests.length);
      tokens = indexes(intoRequests.length);
      boolean isFound = into.isEmpty() && role.comparer().isExact();
      alike = isFound ? null : new Alike();
      ties = new Ties(role.rules(), Direction.C2S);
    }

    private static HashIndex[] indexes(int length) {
      HashIndex[] indexes = new HashIndex[length];
      Arrays.setAll(indexes, i -> new HashIndex());
      return indexes;
    }

    private void addAll() throws IOException {
      for (int i = 0; i < scripts.size(); i++) {
        Script script = scripts.get(i);
        add(i, script);
        if (scripts.size() > MOST_OPEN) {
          script.closeFiles();
        }
      }
      makeRoom();
      firstReplies[count] = replyCount;
    }

    private void add(int conversation, Script script) throws IOException {
      firstRequest = count;
      foundCount = 0;
      owner = NONE;
      isTied = false;
      question = NONE;
      ties = new Ties(role.rules(), Direction.C2S);
      for (HashIndex index : given) {
        index.clear();
      }
      Cursor at = script.cursor();
      while (at.isAtEntry()) {
        if (at.entriesBefore() == Integer.MAX_VALUE) {
          throw new IOException(script + ": has more than " + Integer.MAX_VALUE
              + " entries, too many for a stub; cut it into several recordings");
        }
        if (at.direction() == Direction.C2S) {
          addRequest(conversation, (int) at.entriesBefore(), at.payload());
        } else {
          addReply(conversation, (int) at.entriesBefore(), at.payload());
        }
        at.next();
      }
      if (at.damage() != null) {
        throw at.damage();
      }
      sortReplies();
    }

    private void addRequest(int conversation, int entry, ByteBuffer payload) {
      makeRoom();
      int request = count++;
      conversations[request] = conversation;
      entries[request] = entry;
      lengths[request] = payload.remaining();
      beginnings[request] = beginning(role.comparer(), payload);
      addToGroup(request, payload);
      ties.add(request, payload);
      for (int i = 0; i < intoRequests.length; i++) {
        Field field = intoRequests[i].to();
        ByteBuffer value = field.value(payload);
        if (value != null && given[i].get(hash(field, value)) != NONE) {
          tokens[i].put(hash(field, value), 0);
        }
      }
      owner = request;
      isTied = false;
      if (role.rules().allows(Direction.C2S, payload)) {
        allowed.set(request);
      } else {
        question = request;
        isAnswered = false;
      }
    }

    private void addToGroup(int request, ByteBuffer payload) {
      long hash = groupHash(role.comparer(), payload);
      int first = groups.get(hash);
      nextEqual[request] = NONE;
      if (first != NONE) {
        nextEqual[lastEqual[first]] = request;
        lastEqual[first] = request;
        lastEqual[request] = NONE;
        return;
      }
      groups.put(hash, request);
      lastEqual[request] = request;
      if (alike != null) {
        alike.add(request, role.comparer().hash(payload));
      }
    }

    private void makeRoom() {
      if (count + 1 < entries.length) {
        return;
      }
      int length = grown(entries.length);
      conversations = Arrays.copyOf(conversations, length);
      entries = Arrays.copyOf(entries, length);
      lengths = Arrays.copyOf(lengths, length);
      beginnings = Arrays.copyOf(beginnings, length);
      nextEqual = Arrays.copyOf(nextEqual, length);
      lastEqual = Arrays.copyOf(lastEqual, length);
      firstReplies = Arrays.copyOf(firstReplies, length);
      if (alike != null) {
        alike.next = Arrays.copyOf(alike.next, length);
        alike.last = Arrays.copyOf(alike.last, length);
      }
    }

    private static int grown(int length) {
      return length + (length >> 1);
    }

    private void addReply(int conversation, int entry, ByteBuffer payload) throws IOException {
      for (int i = 0; i < intoRequests.length; i++) {
        Field field = intoRequests[i].from();
        ByteBuffer value = field.value(payload);
        if (value != null) {
          given[i].put(hash(field, value), 0);
        }
      }
      int tied = (int) ties.find(payload);
      if (tied != NONE) {
        owner = tied;
        isTied = true;
      } else if (!isTied && owner != question && question != NONE && !isAnswered) {
        owner = question; // an allowed frame crossed the reply
      }
      if (owner == question) {
        isAnswered = true;
      }
      if (owner != NONE) {
        if (foundCount == found.length) {
          found = Arrays.copyOf(found, grown(foundCount));
          owners = Arrays.copyOf(owners, found.length);
        }
        found[foundCount] = isTied ? ~entry : entry;
        owners[foundCount++] = owner;
      } else if (conversation == 0) {
        if (greetingLength == greeting.length) {
          greeting = Arrays.copyOf(greeting, grown(greetingLength));
        }
        greeting[greetingLength++] = entry;
      }
    }

    /** Sorts the replies of the conversation being read by their requests. */
    private void sortReplies() {
      if (replies.length < replyCount + foundCount) {
        replies = Arrays.copyOf(replies, Math.max(replyCount + foundCount, grown(replies.length)));
      }
      int[] next = new int[count - firstRequest];
      for (int i = 0; i < foundCount; i++) {
        next[owners[i] - firstRequest]++;
      }
      for (int i = 0; i < next.length; i++) {
        int replyCountHere = next[i];
        firstReplies[firstRequest + i] = replyCount;
        next[i] = replyCount;
        replyCount += replyCountHere;
      }
      for (int i = 0; i < foundCount; i++) {
        replies[next[owners[i] - firstRequest]++] = found[i];
      }
    }
  }

  private static long hash(Field field, ByteBuffer value) {
    ByteBuffer content = field.content(value);
    long hash = 0;
    for (int at = 0; at < content.limit(); at++) {
      hash = (hash + content.get(at) + 1) * 0x9e3779b97f4a7c15L;
      hash ^= hash >>> 29;
    }
    return hash;
  }

  /** The first bytes that are compared, at most eight of them. */
  private static long beginning(Comparer comparer, ByteBuffer payload) {
    IntPredicate isCompared = comparer.compared(payload, payload, payload);
    long bytes = 0;
    int taken = 0;
    int end = Math.min(LONGEST_BEGINNING, payload.remaining());
    for (int at = 0; at < end && taken < Long.BYTES; at++) {
      if (isCompared.test(at)) {
        bytes |= (payload.get(payload.position() + at) & 0xffL) << 8 * (Long.BYTES - ++taken);
      }
    }
    return bytes;
  }

  // Looking up.

  /** The group that a frame belongs to, as recorded requests do; NONE if there is none. */
  int group(ByteBuffer frame) {
    return groups.get(groupHash(comparer, frame));
  }

  /**
   * Where hashes do not cover everything that is compared, only requests with the same bytes are
   * surely equal; others are looked up among those that are alike.
   */
  private static long groupHash(Comparer comparer, ByteBuffer payload) {
    return comparer.isExact() ? comparer.liveHash(payload) : BYTES.hash(payload);
  }

  /** The first group that may differ from a frame only in what copies write; or NONE. */
  int alikeGroup(ByteBuffer frame) {
    return alike == null ? NONE : alike.groups.get(comparer.hash(frame));
  }

  /** The next group that is alike; NONE after the last. */
  int nextAlike(int group) {
    return alike == null ? NONE : alike.next[group];
  }

  /** Whether all requests of a group were handed out. */
  boolean isUsedUp(int group) {
    return unused.get(group) == NONE;
  }

  /** The request of a group that is to be handed out next. */
  int candidate(int group) {
    int next = unused.get(group);
    return next == NONE ? lastEqual[group] : next;
  }

  /** Hands out a group's candidate; false when another connection was quicker. */
  boolean use(int group, int candidate) {
    int next = unused.get(group);
    if (next == NONE) {
      return candidate == lastEqual[group];
    }
    if (next != candidate || !unused.compareAndSet(group, next, nextEqual[next])) {
      return false;
    }
    if (!allowed.get(next)) {
      asked.incrementAndGet();
    }
    return true;
  }

  /**
   * A recorded request as a client would send it that got its values from other conversations: each
   * recorded value that came from a reply gives way to the value in the frame, if a reply gave that
   * out.
   */
  ByteBuffer withTokensOf(ByteBuffer frame, ByteBuffer recorded) throws IOException {
    Splice splice = null;
    for (int i = 0; i < intoRequests.length; i++) {
      Field field = intoRequests[i].to();
      ByteBuffer before = field.value(recorded);
      ByteBuffer value = comparer.valueIn(field, recorded, frame);
      if (before != null
          && value != null
          && tokens[i].get(hash(field, before)) != NONE
          && tokens[i].get(hash(field, value)) != NONE) {
        splice = splice == null ? new Splice(recorded) : splice;
        byte[] bytes = new byte[value.remaining()];
        value.get(bytes);
        int start = field.start(recorded);
        splice.replace(start, start + before.remaining(), bytes);
      }
    }
    if (splice == null) {
      return recorded;
    }
    comparer.follow(splice, recorded);
    return splice.payload();
  }

  /** Whether a recorded request has a value that came from a reply. */
  boolean hasTokens() {
    return intoRequests.length > 0;
  }

  /** Goes to a request. */
  void moveTo(int request, Cursor at) throws IOException {
    moveTo(conversations[request], entries[request], at);
  }

  /** Goes to a reply to a request, from 0; those of NONE are the greeting. */
  void moveToReply(int request, int reply, Cursor at) throws IOException {
    if (request == NONE) {
      moveTo(0, greeting[reply], at);
    } else {
      int entry = replies[firstReplies[request] + reply];
      moveTo(conversations[request], entry < 0 ? ~entry : entry, at);
    }
  }

  private void moveTo(int conversation, int entry, Cursor at) throws IOException {
    if (scripts.size() > MOST_OPEN) {
      limitOpen(conversation);
    }
    at.moveTo(scripts.get(conversation), entry);
  }

  private void limitOpen(int conversation) {
    Integer last = null;
    synchronized (open) {
      if (open.put(conversation, true) == null && open.size() > MOST_OPEN) {
        last = open.keySet().iterator().next();
        open.remove(last);
      }
    }
    if (last != null) {
      scripts.get(last).closeFiles();
    }
  }

  /** How many replies a request has; those of NONE are the greeting. */
  int replies(int request) {
    return request == NONE ? greeting.length : firstReplies[request + 1] - firstReplies[request];
  }

  /** Whether a copy ties a request's first reply to it. */
  boolean isTied(int request) {
    return request != NONE && replies(request) > 0 && replies[firstReplies[request]] < 0;
  }

  /** A cursor for this pool, at any place. */
  Cursor cursor() {
    return new Cursor(scripts.get(0));
  }

  // Requests that were not recorded, and those that never came.

  /** Whether no request was recorded. */
  boolean isEmpty() {
    return count == 0;
  }

  /** The request most similar to a frame; NONE if there is no request at all. */
  int nearest(ByteBuffer frame, Cursor at) throws IOException {
    int best = NONE;
    double mostAlike = Double.NEGATIVE_INFINITY;
    for (int request : likely(frame, MOST_COMPARED)) {
      moveTo(request, at);
      double alike = Clues.likeness(comparer, at.payload(), at.payload(), frame);
      if (alike > mostAlike || alike == mostAlike && isUsedUp(best) && !isUsedUp(request)) {
        best = request;
        mostAlike = alike;
      }
    }
    if (best != NONE) {
      best = candidate(best);
      moveTo(best, at);
    }
    return best;
  }

  /**
   * The groups, those first that begin like a frame or have its length, and else in recorded order:
   * no payload is read for that.
   */
  int[] likely(ByteBuffer frame, int most) {
    long beginning = beginning(comparer, frame);
    int[] ends = new int[Long.BYTES + Long.BYTES / 2 + 2];
    for (int request = 0; request < count; request++) {
      if (lastEqual[request] != NONE) {
        ends[unlikeness(request, frame, beginning) + 1]++;
      }
    }
    for (int rank = 1; rank < ends.length; rank++) {
      ends[rank] += ends[rank - 1];
    }
    int[] likely = new int[Math.min(most, ends[ends.length - 1])];
    for (int request = 0; request < count; request++) {
      if (lastEqual[request] != NONE) {
        int place = ends[unlikeness(request, frame, beginning)]++;
        if (place < likely.length) {
          likely[place] = request;
        }
      }
    }
    return likely;
  }

  /** From 0 for the most likely ones. */
  private int unlikeness(int request, ByteBuffer frame, long beginning) {
    int alike = Long.numberOfLeadingZeros(beginnings[request] ^ beginning) / Byte.SIZE
        + (lengths[request] == frame.remaining() ? Long.BYTES / 2 : 0);
    return Long.BYTES + Long.BYTES / 2 - alike;
  }

  /** How many recorded requests no client has made yet; allowed frames do not count. */
  long unusedRequests() {
    return askable - asked.get();
  }

  /** Where the first of them are: {@code FILE:LINE}. */
  List<String> unusedPlaces() {
    List<String> last = lastPlaces;
    if (last != null) {
      return last;
    }
    BitSet never = new BitSet();
    for (int request = 0; request < count; request++) {
      if (lastEqual[request] != NONE) {
        for (int next = unused.get(request); next != NONE; next = nextEqual[next]) {
          never.set(next);
        }
      }
    }
    never.andNot(allowed);
    List<String> places = new ArrayList<>();
    Cursor at = cursor();
    for (int next = never.nextSetBit(0);
        next >= 0 && places.size() < MOST_PLACES;
        next = never.nextSetBit(next + 1)) {
      places.add(place(next, at));
    }
    return places;
  }

  private String place(int request, Cursor at) {
    try {
      moveTo(request, at);
      return at.where();
    } catch (IOException e) { // the file cannot be read any more
      return scripts.get(conversations[request]) + ", entry " + (entries[request] + 1);
    }
  }

  /** Closes its files. To be called when all sessions are over. */
  @Override
  public void close() {
    lastPlaces = unusedPlaces();
    scripts.forEach(Script::closeFiles);
  }

  /** The name of the only conversation, or of the folder of them all. */
  @Override
  public String toString() {
    return name;
  }
}
