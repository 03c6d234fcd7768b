package score;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import score.Subject.Mark;

/** A payload that is being written, with what each of its bytes is. */
final class Frame {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final List<Mark> marks = new ArrayList<>();

  void put(Mark mark, byte... more) {
    bytes.writeBytes(more);
    for (int i = 0; i < more.length; i++) {
      marks.add(mark);
    }
  }

  void put(Frame inner) {
    bytes.writeBytes(inner.bytes());
    marks.addAll(inner.marks);
  }

  byte[] bytes() {
    return bytes.toByteArray();
  }

  Mark[] marks() {
    return marks.toArray(new Mark[0]);
  }
}
