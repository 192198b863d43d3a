package trueup.peer;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.Map;

/** How a field's text becomes a term's canonical value. */
enum Kind {
  TEXT {
    String read(String text) {
      return text;
    }
  },
  NAME {
    String read(String text) {
      StringBuilder folded = new StringBuilder(text.length());
      boolean gap = false;
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (Character.isWhitespace(c)) {
          gap = true;
        } else {
          if (gap) folded.append(' ');
          gap = false;
          folded.append(c);
        }
      }
      return folded.toString();
    }
  },
  CODE {
    String read(String text) {
      return text.replace(" ", "").toUpperCase();
    }
  },
  LOWER {
    String read(String text) {
      return text.toLowerCase();
    }
  },
  PHONE {
    String read(String text) {
      StringBuilder digits = new StringBuilder(text.length());
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (c >= '0' && c <= '9' || c == '+' && i == 0) digits.append(c);
      }
      return digits.toString();
    }
  },
  NUMBER {
    String read(String text) {
      return new BigDecimal(text.replace(",", "")).stripTrailingZeros().toPlainString();
    }
  },
  DAY {
    String read(String text) {
      return LocalDate.parse(text.substring(0, 10)).toString();
    }
  },
  GERMAN_DAY {
    String read(String text) {
      return LocalDate.parse(text, GERMAN).toString();
    }
  },
  COUNTRY {
    String read(String text) {
      return COUNTRIES.getOrDefault(text, text);
    }
  },
  CHOICE {
    String read(String text) {
      return CHOICES.getOrDefault(text, text);
    }
  };

  private static final DateTimeFormatter GERMAN = DateTimeFormatter.ofPattern("dd.MM.yyyy");
  private static final Map<String, String> COUNTRIES =
      Map.of("Germany", "DE", "France", "FR", "Austria", "AT", "Italy", "IT", "Spain", "ES", "Netherlands", "NL");
  private static final Map<String, String> CHOICES = Map.of("Customer - Direct", "direct", "Customer - Channel", "channel",
      "Net 30", "net_30", "Net 45", "net_45", "Net 60", "net_60", "US Dollar", "USD", "Euro", "EUR",
      "5-Live", "active", "4-Implementation", "onboarding", "LIVE", "active");

  /** Of a trimmed text that is not empty. */
  abstract String read(String text);
}
