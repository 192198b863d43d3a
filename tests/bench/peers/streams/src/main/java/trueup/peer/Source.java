package trueup.peer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.IOException;

/** One source: which of its fields become which terms, and where a record names its customer. */
enum Source {
  SALESFORCE("AccountNumber", new Field[] {
      field(Term.NAME, "Name", Kind.NAME), field(Term.TYPE, "Type", Kind.CHOICE), field(Term.INDUSTRY, "Industry", Kind.TEXT),
      field(Term.STREET, "BillingAddress.street", Kind.TEXT), field(Term.CITY, "BillingAddress.city", Kind.NAME),
      field(Term.POSTCODE, "BillingAddress.postalCode", Kind.CODE), field(Term.COUNTRY, "BillingAddress.country", Kind.COUNTRY),
      field(Term.PHONE, "Phone", Kind.PHONE), field(Term.WEBSITE, "Website", Kind.TEXT),
      field(Term.REVENUE, "AnnualRevenue", Kind.NUMBER), field(Term.EMPLOYEES, "NumberOfEmployees", Kind.NUMBER),
      field(Term.OWNER, "Owner.Email", Kind.LOWER), field(Term.CREATED, "CreatedDate", Kind.DAY),
      field(Term.STATUS, "Stage__c", Kind.CHOICE), field(Term.MARK_SALESFORCE, "Mark__c", Kind.TEXT)}),
  NETSUITE("entityId", new Field[] {
      field(Term.NAME, "companyName", Kind.NAME), field(Term.EMAIL, "email", Kind.LOWER), field(Term.PHONE, "phone", Kind.PHONE),
      field(Term.STREET, "billing.addr1", Kind.TEXT), field(Term.CITY, "billing.city", Kind.NAME),
      field(Term.POSTCODE, "billing.zip", Kind.CODE), field(Term.COUNTRY, "billing.country.refName", Kind.COUNTRY),
      field(Term.CURRENCY, "currency.refName", Kind.CHOICE), field(Term.PAYMENT_TERMS, "terms.refName", Kind.CHOICE),
      field(Term.REVENUE, "creditLimit", Kind.NUMBER), field(Term.CREATED, "dateCreated", Kind.GERMAN_DAY),
      field(Term.LANGUAGE, "language", Kind.TEXT), field(Term.STATUS, "stage.refName", Kind.CHOICE),
      field(Term.WEBSITE, "url", Kind.TEXT), field(Term.MARK_NETSUITE, "mark", Kind.TEXT)}),
  SKY("customer.ref", new Field[] {
      field(Term.NAME, "customer.title", Kind.NAME), field(Term.EMAIL, "customer.contact.mail", Kind.LOWER),
      field(Term.PHONE, "customer.contact.tel", Kind.PHONE), field(Term.STREET, "site.line1", Kind.TEXT),
      field(Term.CITY, "site.town", Kind.NAME), field(Term.POSTCODE, "site.postcode", Kind.CODE),
      field(Term.COUNTRY, "site.iso", Kind.COUNTRY), field(Term.STATUS, "status", Kind.CHOICE),
      field(Term.TIMEZONE, "timezone", Kind.TEXT), field(Term.LANGUAGE, "language", Kind.TEXT),
      field(Term.CREATED, "installed", Kind.DAY), field(Term.EMPLOYEES, "seats", Kind.NUMBER),
      field(Term.OWNER, "owner.mail", Kind.LOWER), field(Term.INDUSTRY, "branch", Kind.TEXT),
      field(Term.MARK_SKY, "mark", Kind.TEXT)});

  private record Field(Term term, String[] path, Kind kind) {}

  private static Field field(Term term, String path, Kind kind) {
    return new Field(term, path.split("\\."), kind);
  }

  private static final ObjectReader READER = new ObjectMapper().reader();

  final String topic = name().toLowerCase();
  private final String[] customer;
  private final Field[] fields;

  Source(String customer, Field[] fields) {
    this.customer = customer.split("\\.");
    this.fields = fields;
  }

  static JsonNode parse(byte[] json) throws IOException {
    return READER.readTree(json);
  }

  String customer(JsonNode record) {
    return Kind.CODE.read(text(record, customer));
  }

  Row map(JsonNode record) {
    Row row = new Row();
    for (Field field : fields) {
      String text = text(record, field.path);
      if (!text.isEmpty()) row.set(field.term, field.kind.read(text));
    }
    return row;
  }

  private static String text(JsonNode node, String[] path) {
    for (String name : path) {
      node = node.get(name);
      if (node == null) return "";
    }
    return node.isNull() ? "" : node.asText().strip();
  }
}
