package trueup.peer;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Values of terms, and their bytes: for each value the term's number, two bytes of length, UTF-8. */
final class Row {
  private final String[] values = new String[Term.ALL.length];

  String get(Term term) {
    return values[term.ordinal()];
  }

  void set(Term term, String value) {
    values[term.ordinal()] = value;
  }

  byte[] encode() {
    ByteArrayOutputStream out = new ByteArrayOutputStream(512);
    for (Term term : Term.ALL) {
      String value = get(term);
      if (value == null) continue;
      byte[] text = value.getBytes(StandardCharsets.UTF_8);
      out.write(term.ordinal());
      out.write(text.length >> 8);
      out.write(text.length);
      out.write(text, 0, text.length);
    }
    return out.toByteArray();
  }

  static Row decode(ByteBuffer in) {
    Row row = new Row();
    while (in.hasRemaining()) {
      Term term = Term.ALL[in.get()];
      int length = in.getShort() & 0xffff;
      row.set(term, new String(in.array(), in.arrayOffset() + in.position(), length, StandardCharsets.UTF_8));
      in.position(in.position() + length);
    }
    return row;
  }
}
