// What Avro must hold of a JSON document, worked out apart from the daemon: JSON by Jackson, numbers by BigDecimal, Avro by Apache Avro.
// The rule is that of docs/numbers.md. Standard input, one line each: `schema <base64 of its text>`, then for each document
// `document <base64 of its JSON> <base64 of the Avro binary that the daemon wrote, or ->`.
// Standard output: one line per document, `held`, `refused`, or `wrong` and why.
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.avro.NameValidator;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericEnumSymbol;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;

public class Model {
  /** A JSON number as it is written. */
  private record Digits(String text) {}

  private static class Refused extends Exception {
    Refused(String why) {
      super(why);
    }
  }

  private static final JsonFactory JSON = new JsonFactory();
  /** By name of the record and of the field. */
  private static final Map<String, Map<String, Object>> defaults = new HashMap<>();

  public static void main(String[] arguments) throws IOException {
    var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    var output = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    Schema schema = null;
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      String[] words = line.split(" ");
      if (words[0].equals("schema")) {
        schema = new Schema.Parser(NameValidator.NO_VALIDATION).parse(text(words[1]));
        defaults.clear();
        findDefaults(read(text(words[1])));
      } else output.println(judge(schema, text(words[1]), words.length > 2 ? words[2] : ""));
    }
    output.flush();
  }

  private static String judge(Schema schema, String json, String written) throws IOException {
    Object expected;
    try {
      expected = hold(schema, read(json));
    } catch (Refused refused) {
      return written.equals("-") ? "refused" : "wrong: it was written, but " + refused.getMessage();
    }
    if (written.equals("-")) return "wrong: it was refused, but is " + show(expected);
    BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(bytes(written), null);
    Object held = plain(new GenericDatumReader<>(schema).read(null, decoder));
    if (!decoder.isEnd()) return "wrong: bytes are left";
    return show(held).equals(show(expected)) ? "held" : "wrong: it became " + show(held) + " instead of " + show(expected);
  }

  // --- The rule.

  private static Object hold(Schema schema, Object value) throws Refused {
    switch (schema.getType()) {
      case NULL:
        return is(value == null, null);
      case BOOLEAN:
        return is(value instanceof Boolean, value);
      case STRING:
        return is(value instanceof String && isWhole((String) value), value);
      case ENUM:
        return is(value instanceof String && schema.hasEnumSymbol((String) value), value);
      case INT:
        return whole(value, 31).intValueExact();
      case LONG:
        return whole(value, 63).longValueExact();
      case DOUBLE:
        return toDouble(number(value));
      case FLOAT:
        return toFloat(number(value));
      case ARRAY:
        return holdList(schema, value);
      case MAP:
        return holdMap(schema, value);
      case RECORD:
        return holdRecord(schema, value);
      case UNION:
        return holdUnion(schema, value);
      default:
        throw new Refused("JSON has no such value");
    }
  }

  private static Object holdList(Schema schema, Object value) throws Refused {
    if (!(value instanceof List)) throw new Refused("no array");
    List<Object> held = new ArrayList<>();
    for (Object each : (List<?>) value) held.add(hold(schema.getElementType(), each));
    return held;
  }

  private static Object holdMap(Schema schema, Object value) throws Refused {
    Map<String, Object> held = new LinkedHashMap<>();
    for (var entry : object(value).entrySet()) {
      if (!isWhole(entry.getKey())) throw new Refused("a lone surrogate in a key");
      held.put(entry.getKey(), hold(schema.getValueType(), entry.getValue()));
    }
    return held;
  }

  private static Object holdRecord(Schema schema, Object value) throws Refused {
    Map<String, Object> fields = object(value);
    Map<String, Object> held = new LinkedHashMap<>();
    for (Schema.Field field : schema.getFields()) {
      if (fields.containsKey(field.name())) held.put(field.name(), hold(field.schema(), fields.get(field.name())));
      else if (field.hasDefaultValue()) held.put(field.name(), holdDefault(field.schema(), defaults.get(schema.getName()).get(field.name())));
      else throw new Refused(field.name() + " is missing");
    }
    return held;
  }

  /** A default belongs to the first branch of a union that it fits. */
  private static Object holdDefault(Schema schema, Object value) throws Refused {
    if (schema.getType() != Schema.Type.UNION) return hold(schema, value);
    for (Schema branch : schema.getTypes()) {
      try {
        return hold(branch, value);
      } catch (Refused another) {
        continue;
      }
    }
    throw new Refused("a default for no branch");
  }

  /** By the kind of the JSON value where each kind has one branch; by an object with the branch's name where one has several. */
  private static Object holdUnion(Schema schema, Object value) throws Refused {
    Map<String, Schema> byKind = new HashMap<>();
    for (Schema branch : schema.getTypes()) byKind.put(kind(branch), branch);
    if (byKind.size() == schema.getTypes().size()) {
      Schema branch = byKind.get(kindOf(value));
      if (branch == null) throw new Refused("no branch for " + kindOf(value));
      return hold(branch, value);
    }
    if (value == null && byKind.containsKey("null")) return null;
    Map<String, Object> named = object(value);
    if (named.size() != 1) throw new Refused("no name of a branch");
    String name = named.keySet().iterator().next();
    Integer index = schema.getIndexNamed(name);
    if (index == null) throw new Refused("no such branch");
    return hold(schema.getTypes().get(index), named.get(name));
  }

  private static String kind(Schema schema) {
    return switch (schema.getType()) {
      case INT, LONG, FLOAT, DOUBLE -> "number";
      case STRING, ENUM -> "string";
      case BYTES, FIXED -> "bytes";
      case MAP, RECORD -> "object";
      default -> schema.getType().getName();
    };
  }

  private static String kindOf(Object value) {
    if (value == null) return "null";
    if (value instanceof Boolean) return "boolean";
    if (value instanceof String) return "string";
    if (value instanceof List) return "array";
    return value instanceof Map ? "object" : "number";
  }

  private static BigInteger whole(Object value, int bits) throws Refused {
    BigDecimal number = decimal(number(value));
    if (number.signum() != 0 && number.precision() - number.scale() > 20) throw new Refused("far beyond 64 bits");
    if (isFraction(number)) throw new Refused("a fraction");
    BigInteger whole = number.toBigIntegerExact();
    if (whole.bitLength() > bits) throw new Refused("more than " + bits + " bits and a sign");
    return whole;
  }

  private static Double toDouble(Digits digits) throws Refused {
    BigDecimal number = decimal(digits);
    double nearest = Double.parseDouble(digits.text);
    if (number.signum() == 0) return nearest;
    if (nearest == 0 || Double.isInfinite(nearest)) throw new Refused("0 or infinite as a double");
    boolean written = isFraction(number) || isExact(number, nearest) || isShortest(number, nearest, 17, each -> each.doubleValue() == nearest);
    if (!written) throw new Refused("a whole number that a double would round");
    return nearest;
  }

  private static Float toFloat(Digits digits) throws Refused {
    BigDecimal number = decimal(digits);
    if (number.signum() == 0) return Float.parseFloat(digits.text);
    float nearest = nearestFloat(number);
    if (nearest == 0 || Float.isInfinite(nearest)) throw new Refused("0 or infinite as a float");
    boolean written =
        isFraction(number)
            || isExact(number, nearest)
            || isShortest(number, nearest, 9, each -> nearestFloat(each) == nearest)
            || isShortest(number, nearest, 17, each -> each.doubleValue() == nearest);
    if (!written) throw new Refused("a whole number that a float would round");
    return nearest;
  }

  /** Of the floats around it, the one at the least distance; of two, the one with the even mantissa. */
  private static float nearestFloat(BigDecimal number) {
    if (number.abs().compareTo(new BigDecimal(BigInteger.TWO.pow(128).subtract(BigInteger.TWO.pow(103)))) >= 0) {
      return number.signum() * Float.POSITIVE_INFINITY;
    }
    float guess = (float) Math.max(-Float.MAX_VALUE, Math.min(Float.MAX_VALUE, number.doubleValue()));
    float best = guess;
    for (float each : new float[] {Math.nextDown(guess), Math.nextUp(guess)}) {
      if (Float.isInfinite(each)) continue;
      int closer = distance(number, each).compareTo(distance(number, best));
      if (closer < 0 || (closer == 0 && (Float.floatToIntBits(each) & 1) == 0)) best = each;
    }
    return best;
  }

  private static BigDecimal distance(BigDecimal number, float value) {
    return number.subtract(new BigDecimal(value)).abs();
  }

  private static boolean isFraction(BigDecimal number) {
    return number.signum() != 0 && number.stripTrailingZeros().scale() > 0;
  }

  private static boolean isExact(BigDecimal number, double value) {
    return number.compareTo(new BigDecimal(value)) == 0;
  }

  /** Whether the number is the decimal text with the fewest digits that reads as `value`, and of those the closest to it. */
  private static boolean isShortest(BigDecimal number, double value, int most, Predicate<BigDecimal> reads) {
    BigDecimal exact = new BigDecimal(value);
    for (int precision = 1; precision <= most; precision++) {
      BigDecimal best = null;
      for (RoundingMode mode : new RoundingMode[] {RoundingMode.DOWN, RoundingMode.UP}) {
        BigDecimal each = exact.round(new MathContext(precision, mode));
        if (!reads.test(each)) continue;
        if (best == null || each.subtract(exact).abs().compareTo(best.subtract(exact).abs()) < 0) best = each;
      }
      if (best != null) return best.compareTo(number) == 0;
    }
    return false;
  }

  /** Zero, or a number of a size that this program can work with; the others become 0 or infinite as anything. */
  private static BigDecimal decimal(Digits digits) throws Refused {
    String text = digits.text;
    if (text.replaceAll("[eE].*", "").matches("[-.0]*")) return BigDecimal.ZERO;
    String power = text.replaceAll("^[^eE]*[eE]?", "");
    if (power.replaceAll("^[+-]?0*", "").length() > 4) throw new Refused("an exponent without end");
    return new BigDecimal(text);
  }

  private static Digits number(Object value) throws Refused {
    if (value instanceof Digits) return (Digits) value;
    throw new Refused("no number");
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> object(Object value) throws Refused {
    if (value instanceof Map) return (Map<String, Object>) value;
    throw new Refused("no object");
  }

  private static Object is(boolean fits, Object value) throws Refused {
    if (fits) return value;
    throw new Refused("another kind of value");
  }

  /** Whether UTF-8 can hold the text. */
  private static boolean isWhole(String text) {
    return text.codePoints().noneMatch(each -> each >= 0xd800 && each <= 0xdfff);
  }

  // --- JSON.

  private static Object read(String json) throws IOException {
    try (JsonParser parser = JSON.createParser(json)) {
      parser.nextToken();
      return value(parser);
    }
  }

  private static Object value(JsonParser parser) throws IOException {
    switch (parser.currentToken()) {
      case START_OBJECT:
        // Of equal names the last one counts.
        Map<String, Object> fields = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          parser.nextToken();
          fields.put(name, value(parser));
        }
        return fields;
      case START_ARRAY:
        List<Object> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) items.add(value(parser));
        return items;
      case VALUE_NUMBER_INT:
      case VALUE_NUMBER_FLOAT:
        return new Digits(parser.getText());
      case VALUE_TRUE:
      case VALUE_FALSE:
        return parser.getBooleanValue();
      case VALUE_NULL:
        return null;
      default:
        return parser.getText();
    }
  }

  /** Finds the defaults of all records in a schema, as they are written there. */
  private static void findDefaults(Object schema) {
    if (schema instanceof List) ((List<?>) schema).forEach(Model::findDefaults);
    if (!(schema instanceof Map)) return;
    Map<?, ?> type = (Map<?, ?>) schema;
    if (type.get("fields") instanceof List) {
      Map<String, Object> found = new HashMap<>();
      for (Object field : (List<?>) type.get("fields")) found.put((String) ((Map<?, ?>) field).get("name"), ((Map<?, ?>) field).get("default"));
      defaults.put((String) type.get("name"), found);
      findDefaults(type.get("fields"));
    }
    for (String inner : List.of("type", "items", "values")) findDefaults(type.get(inner));
  }

  // --- What Avro holds, in the types of Java and comparable as text.

  private static Object plain(Object value) {
    if (value instanceof GenericRecord) {
      Map<String, Object> fields = new LinkedHashMap<>();
      var record = (GenericRecord) value;
      for (Schema.Field field : record.getSchema().getFields()) fields.put(field.name(), plain(record.get(field.pos())));
      return fields;
    }
    if (value instanceof Map) {
      Map<String, Object> entries = new LinkedHashMap<>();
      ((Map<?, ?>) value).forEach((key, each) -> entries.put(key.toString(), plain(each)));
      return entries;
    }
    if (value instanceof Collection) return new ArrayList<>(((Collection<?>) value).stream().map(Model::plain).collect(Collectors.toList()));
    if (value instanceof ByteBuffer) return "bytes " + Base64.getEncoder().encodeToString(((ByteBuffer) value).array());
    if (value instanceof GenericFixed) return "fixed " + Base64.getEncoder().encodeToString(((GenericFixed) value).bytes());
    return value instanceof CharSequence || value instanceof GenericEnumSymbol ? value.toString() : value;
  }

  /** The bits of floats and doubles: -0.0 is not 0.0. Entries of maps in an order of their own. */
  private static String show(Object value) {
    if (value instanceof Map) {
      var entries = new TreeMap<String, String>();
      ((Map<?, ?>) value).forEach((key, each) -> entries.put(quoted((String) key), show(each)));
      return entries.toString();
    }
    if (value instanceof List) return ((List<?>) value).stream().map(Model::show).collect(Collectors.toList()).toString();
    if (value instanceof Double) return "double " + value + " " + Double.doubleToRawLongBits((Double) value);
    if (value instanceof Float) return "float " + value + " " + Float.floatToRawIntBits((Float) value);
    if (value instanceof String) return quoted((String) value);
    return value == null ? "null" : value.getClass().getSimpleName() + " " + value;
  }

  private static String quoted(String text) {
    var shown = new StringBuilder("'");
    text.chars().forEach(each -> shown.append(each > ' ' && each < 127 ? "" + (char) each : String.format("\\u%04x", each)));
    return shown.append("'").toString();
  }

  private static String text(String base64) {
    return new String(bytes(base64), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String base64) {
    return Base64.getDecoder().decode(base64);
  }
}
