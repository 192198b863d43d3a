"""The source records of the comparison over Kafka: about 1 KB of JSON each, three systems that know the same customers, the same bytes in every run."""

SYSTEMS = ("salesforce", "netsuite", "sky")
CITIES = (("Berlin", "10115", "Germany", "DE", "de"), ("Lyon", "69001", "France", "FR", "fr"), ("Wien", "1010", "Austria", "AT", "de"),
          ("Torino", "10121", "Italy", "IT", "it"), ("Sevilla", "41001", "Spain", "ES", "es"), ("Utrecht", "3511 AB", "Netherlands", "NL", "nl"))
INDUSTRIES = ("Retail", "Logistics", "Hospitality", "Manufacturing", "Media")
WORDS = ("renewal agreed with the regional lead, hardware follows in two lots, ", "asked for one invoice per site and a purchase order on each, ",
         "prefers calls in the morning, the new finance contact starts in May, ", "installation waits for the landlord, a second visit is booked, ")


def salesforce(number, customer, mark):
    city, postcode, country, _, _ = CITIES[number % 6]
    return (f'{{"attributes":{{"type":"Account","url":"/services/data/v61.0/sobjects/Account/001{number:015d}"}},"Id":"001{number:015d}",'
            f'"Name":" Company  {number} Holding ","AccountNumber":"{customer}","Type":"Customer - {"Direct" if number % 3 else "Channel"}",'
            f'"Industry":"{INDUSTRIES[number % 5]}","BillingAddress":{{"street":"Hauptstraße {number % 900 + 1}","city":"{city}","state":null,'
            f'"postalCode":"{postcode}","country":"{country}","geocodeAccuracy":null}},"Phone":"+49 30 {number % 900000 + 1000000}",'
            f'"Website":"www.company-{number}.example","AnnualRevenue":{number % 5000 + 1}000.5,"NumberOfEmployees":{number % 3000 + 1},'
            f'"Owner":{{"Id":"005{number % 40:015d}","Name":"Owner {number % 40}","Email":"Owner.{number % 40}@Vendor.Example"}},'
            f'"CreatedDate":"2021-{number % 12 + 1:02d}-{number % 28 + 1:02d}T08:15:30.000+0000","Stage__c":"5-Live","Mark__c":"{mark}",'
            f'"Description":"{WORDS[number % 4]}{WORDS[number // 4 % 4]}{WORDS[number // 16 % 4]}","IsDeleted":false,'
            f'"LastModifiedDate":"2026-02-03T04:05:06.000+0000","SystemModstamp":"2026-02-03T04:05:06.000+0000"}}')


def netsuite(number, customer, mark):
    city, postcode, country, _, language = CITIES[number % 6]
    return (f'{{"links":[],"id":"{number + 1000}","entityId":"{customer}","companyName":"Company {number} Holding  GmbH","isPerson":false,'
            f'"email":"Billing@Company-{number}.Example","phone":"+49 30 {number % 900000 + 1000000}","billing":{{"addressee":"Company {number}",'
            f'"addr1":"Hauptstraße {number % 900 + 1}","addr2":null,"city":"{city}","zip":"{postcode}","country":{{"id":"{number % 6}",'
            f'"refName":"{country}"}}}},"currency":{{"id":"4","refName":"Euro"}},"terms":{{"id":"2","refName":"Net {(30, 45, 60)[number % 3]}"}},'
            f'"creditLimit":"{number % 90 + 10},000.00","balance":"{number % 777}.{number % 90 + 10}","dateCreated":"{number % 28 + 1:02d}.{number % 12 + 1:02d}.2021",'
            f'"language":"{language}","stage":{{"id":"5","refName":"5-Live"}},"url":"www.company-{number}.example","mark":"{mark}",'
            f'"subsidiary":{{"id":"1","refName":"Parent Company : Europe"}},"salesRep":{{"id":"{number % 40}","refName":"Owner {number % 40}"}},'
            f'"comments":"{WORDS[number % 4]}{WORDS[number // 4 % 4]}","lastModifiedDate":"2026-02-03T04:05:06Z"}}')


def sky(number, customer, mark):
    city, postcode, _, iso, language = CITIES[number % 6]
    return (f'{{"uuid":"00000000-0000-4000-8000-{number:012d}","customer":{{"ref":"{customer}","title":"COMPANY {number} HOLDING","contact":{{'
            f'"name":"Contact {number % 700}","mail":"Ops@Company-{number}.Example","tel":"+49 30 {number % 900000 + 1000000}"}}}},"site":{{'
            f'"line1":"Hauptstraße {number % 900 + 1}","line2":"","town":"{city}","postcode":"{postcode}","iso":"{iso}","lat":52.{number % 9000 + 1000},'
            f'"lon":13.{number % 9000 + 1000}}},"status":"LIVE","installed":"2021-{number % 12 + 1:02d}-{number % 28 + 1:02d}","timezone":"Europe/Berlin",'
            f'"language":"{language}","seats":{number % 300 + 1},"owner":{{"name":"Tech {number % 60}","mail":"Tech.{number % 60}@Vendor.Example"}},'
            f'"branch":"{INDUSTRIES[number % 5]}","mark":"{mark}","devices":[{{"sku":"RT-{number % 50}","state":"online"}},{{"sku":"AP-{number % 70}",'
            f'"state":"online"}}],"notes":"{WORDS[number % 4]}{WORDS[number // 4 % 4]}{WORDS[number // 16 % 4]}","updated":"2026-02-03T04:05:06Z"}}')


RECORD = {"salesforce": salesforce, "netsuite": netsuite, "sky": sky}


def record(system, number, customer, mark):
    """Key and value of one record, as bytes. `customer` is the number by which the systems know the customer; `mark` tells versions apart."""
    return f"{system}/{customer}".encode(), RECORD[system](number, customer, mark).encode()
