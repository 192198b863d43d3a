package trueup.peer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/** Keeps one row for each customer, with what each source last said of it; sends the golden row when one of them said something new. */
final class Reconcile extends ContextualProcessor<String, byte[], String, byte[]> {
  static final String STORE = "customers";
  private static final int SOURCES = Source.values().length;
  private static final JsonFactory JSON = new JsonFactory();

  private KeyValueStore<String, byte[]> customers;

  @Override
  public void init(ProcessorContext<String, byte[]> context) {
    super.init(context);
    customers = context.getStateStore(STORE);
  }

  @Override
  public void process(Record<String, byte[]> record) {
    byte[] message = record.value();
    byte[] kept = customers.get(record.key());
    ByteBuffer[] rows = split(kept);
    ByteBuffer said = ByteBuffer.wrap(message, 1, message.length - 1).slice();
    if (said.equals(rows[message[0]])) return;
    rows[message[0]] = said;
    customers.put(record.key(), join(rows));
    context().forward(record.withValue(golden(record.key(), rows)));
  }

  // A customer's row in the store: for each source two bytes of length, and its row.
  private static ByteBuffer[] split(byte[] kept) {
    ByteBuffer[] rows = new ByteBuffer[SOURCES];
    Arrays.fill(rows, ByteBuffer.allocate(0));
    if (kept == null) return rows;
    ByteBuffer in = ByteBuffer.wrap(kept);
    for (int i = 0; i < SOURCES; i++) {
      int length = in.getShort() & 0xffff;
      rows[i] = in.slice(in.position(), length);
      in.position(in.position() + length);
    }
    return rows;
  }

  private static byte[] join(ByteBuffer[] rows) {
    int size = 0;
    for (ByteBuffer row : rows) size += 2 + row.remaining();
    ByteBuffer out = ByteBuffer.allocate(size);
    for (ByteBuffer row : rows) out.putShort((short) row.remaining()).put(row.duplicate());
    return out.array();
  }

  private static byte[] golden(String customer, ByteBuffer[] rows) {
    Row[] decoded = new Row[SOURCES];
    for (int i = 0; i < SOURCES; i++) decoded[i] = Row.decode(rows[i].duplicate());
    ByteArrayOutputStream out = new ByteArrayOutputStream(768);
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("id", customer);
      for (Term term : Term.ALL) {
        String value = surviving(term, decoded);
        if (value != null) json.writeStringField(term.label, value);
      }
      json.writeEndObject();
    } catch (IOException problem) {
      throw new IllegalStateException(problem);
    }
    return out.toByteArray();
  }

  // Of the first source that has one.
  private static String surviving(Term term, Row[] rows) {
    for (Row row : rows) {
      String value = row.get(term);
      if (value != null) return value;
    }
    return null;
  }
}
