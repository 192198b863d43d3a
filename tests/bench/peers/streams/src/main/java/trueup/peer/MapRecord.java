package trueup.peer;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;

/** A source's record in, its mapped row out, under the customer that it names; the source's number is the first byte. */
final class MapRecord extends ContextualProcessor<byte[], byte[], String, byte[]> {
  private final Source source;

  MapRecord(Source source) {
    this.source = source;
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    try {
      JsonNode json = Source.parse(record.value());
      byte[] row = source.map(json).encode();
      byte[] message = new byte[row.length + 1];
      message[0] = (byte) source.ordinal();
      System.arraycopy(row, 0, message, 1, row.length);
      context().forward(new Record<>(source.customer(json), message, record.timestamp()));
    } catch (IOException problem) {
      throw new IllegalArgumentException("a record of " + source.topic + " is not JSON", problem);
    }
  }
}
