// Reads Avro binary with Apache Avro for Java, so that what the daemon wrote is judged by another implementation.
// Standard input, one line each: `schema <id> <base64 of a schema's text> …` (those it refers to first), `record <id> <base64 of Avro binary>`.
// Standard output: one line of JSON per record, unions unwrapped, bytes as base64.
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.avro.NameValidator;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;

public class Decode {
  public static void main(String[] arguments) throws IOException {
    var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    var output = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    Map<String, GenericDatumReader<Object>> readers = new HashMap<>();
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      String[] words = line.split(" ");
      if (words[0].equals("schema")) readers.put(words[1], new GenericDatumReader<>(parse(words)));
      else output.println(decode(readers.get(words[1]), words.length > 2 ? words[2] : ""));
    }
    output.flush();
  }

  private static Schema parse(String[] words) {
    // Field aliases such as @context are no Avro names, and the daemon's users have them.
    var parser = new Schema.Parser(NameValidator.NO_VALIDATION);
    Schema last = null;
    for (int i = 2; i < words.length; i++) last = parser.parse(new String(bytes(words[i]), StandardCharsets.UTF_8));
    return last;
  }

  private static String decode(GenericDatumReader<Object> reader, String payload) throws IOException {
    BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(bytes(payload), null);
    Object value = reader.read(null, decoder);
    if (!decoder.isEnd()) throw new IOException("bytes are left after the record");
    var json = new StringBuilder();
    write(value, json);
    return json.toString();
  }

  private static byte[] bytes(String base64) {
    return Base64.getDecoder().decode(base64);
  }

  private static void write(Object value, StringBuilder json) {
    if (value == null || value instanceof Boolean || value instanceof Integer || value instanceof Long) json.append(value);
    else if (value instanceof Double || value instanceof Float) writeNumber((Number) value, json);
    else if (value instanceof GenericRecord) writeRecord((GenericRecord) value, json);
    else if (value instanceof Collection) writeList((Collection<?>) value, json);
    else if (value instanceof Map) writeMap((Map<?, ?>) value, json);
    else if (value instanceof ByteBuffer) writeText(base64(((ByteBuffer) value).array()), json);
    else if (value instanceof GenericFixed) writeText(base64(((GenericFixed) value).bytes()), json);
    else writeText(value.toString(), json);
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static void writeNumber(Number number, StringBuilder json) {
    if (Double.isFinite(number.doubleValue())) json.append(number);
    else writeText(number.toString(), json);
  }

  private static void writeRecord(GenericRecord record, StringBuilder json) {
    var fields = record.getSchema().getFields().iterator();
    join('{', '}', fields, json, field -> {
      writeText(field.name(), json);
      write(record.get(field.pos()), json.append(':'));
    });
  }

  private static void writeMap(Map<?, ?> map, StringBuilder json) {
    join('{', '}', map.entrySet().iterator(), json, entry -> {
      writeText(entry.getKey().toString(), json);
      write(entry.getValue(), json.append(':'));
    });
  }

  private static void writeList(Collection<?> list, StringBuilder json) {
    join('[', ']', list.iterator(), json, item -> write(item, json));
  }

  private static <T> void join(char open, char close, Iterator<T> items, StringBuilder json, Consumer<T> write) {
    json.append(open);
    while (items.hasNext()) {
      write.accept(items.next());
      if (items.hasNext()) json.append(',');
    }
    json.append(close);
  }

  private static void writeText(String text, StringBuilder json) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') json.append('\\').append(c);
      else if (c < ' ' || Character.isSurrogate(c)) json.append(String.format("\\u%04x", (int) c));
      else json.append(c);
    }
    json.append('"');
  }
}
