package trueup.peer;

/** The terms of an account, in the order in which a golden row names them. */
enum Term {
  NAME, TYPE, INDUSTRY, STREET, CITY, POSTCODE, COUNTRY, PHONE, EMAIL, WEBSITE, REVENUE, EMPLOYEES, OWNER, CURRENCY,
  PAYMENT_TERMS, CREATED, STATUS, TIMEZONE, LANGUAGE, MARK_SALESFORCE, MARK_NETSUITE, MARK_SKY;

  static final Term[] ALL = values();

  final String label = name().toLowerCase();
}
