"""The vocabulary of the sample company: names, places, picklists, and the slips people make when they type them."""

from __future__ import annotations

# fmt: off
FIRST_NAMES = (
    "Aaron", "Abigail", "Ahmed", "Alice", "Amara", "Andrew", "Angela", "Anna", "Ben", "Beatriz", "Brian", "Camille",
    "Carlos", "Caroline", "Chen", "Chloe", "Daniel", "David", "Diana", "Elena", "Emily", "Emma", "Eric", "Fatima", "Felix",
    "Fiona", "Grace", "Hannah", "Hugo", "Ingrid", "Isaac", "Jack", "James", "Jane", "Javier", "Jessica", "Joanna", "John",
    "Jonas", "José", "Julia", "Karen", "Kenji", "Laura", "Leila", "Liam", "Linda", "Lucas", "Maria", "Mark", "Matteo",
    "Maya", "Mei", "Michael", "Monica", "Nadia", "Nathan", "Nicole", "Noah", "Nora", "Oliver", "Olivia", "Omar", "Oscar",
    "Paula", "Peter", "Priya", "Rachel", "Rahul", "Rebecca", "Robert", "Rosa", "Ruth", "Samuel", "Sara", "Simon", "Sofia",
    "Stefan", "Susan", "Thomas", "Tina", "Victor", "Wei", "William", "Yara", "Zoë",
)
LAST_NAMES = (
    "Adams", "Ahmad", "Allen", "Alvarez", "Anderson", "Baker", "Bauer", "Bell", "Bennett", "Brooks", "Brown", "Campbell",
    "Carter", "Castillo", "Chan", "Clark", "Cohen", "Collins", "Cooper", "Cruz", "Davies", "Davis", "Diaz", "Dubois",
    "Edwards", "Evans", "Fischer", "Fisher", "Flores", "Foster", "García", "Gomez", "Gray", "Green", "Gupta", "Hall",
    "Hansen", "Harris", "Hayes", "Hill", "Hoffmann", "Howard", "Hughes", "Ivanov", "Jackson", "James", "Jansen", "Jensen",
    "Johnson", "Jones", "Kaur", "Kelly", "Khan", "Kim", "King", "Klein", "Kowalski", "Kumar", "Larsen", "Lee", "Lewis",
    "Lopez", "Martin", "Martinez", "Meyer", "Miller", "Mitchell", "Moore", "Morgan", "Morris", "Müller", "Murphy", "Nelson",
    "Nguyen", "Novak", "O'Brien", "Okafor", "Olsen", "Ortiz", "Parker", "Patel", "Peters", "Phillips", "Price", "Reed",
    "Reyes", "Richards", "Rivera", "Roberts", "Robinson", "Rossi", "Russo", "Sanchez", "Santos", "Schmidt", "Scott", "Shah",
    "Silva", "Singh", "Smith", "Sørensen", "Stewart", "Suzuki", "Tanaka", "Taylor", "Thomas", "Thompson", "Torres",
    "Turner", "Walker", "Wang", "Ward", "Watson", "Weber", "White", "Williams", "Wilson", "Wood", "Wright", "Young",
    "Zhang",
)
ASCII = str.maketrans({"é": "e", "ë": "e", "í": "i", "ü": "u", "ø": "o", "'": ""})

NAME_STARTS = (
    "Al", "Ar", "Bel", "Bra", "Cal", "Cor", "Da", "Del", "El", "Fa", "Fen", "Ga", "Gre", "Hal", "In", "Jo", "Ka", "Kel",
    "La", "Lu", "Ma", "Mer", "Na", "Nor", "Or", "Pa", "Pri", "Qua", "Ra", "Ro", "Sal", "Sol", "Ta", "Tri", "Ul", "Va",
    "Ven", "Wes", "Xe", "Zan",
)
NAME_MIDDLES = (
    "ba", "bi", "co", "da", "do", "fa", "fi", "ga", "go", "ka", "ki", "la", "li", "lo", "ma", "mi", "mo", "na", "ni", "no",
    "pa", "po", "ra", "ri", "ro", "sa", "si", "so", "ta", "ti", "to", "va", "vi", "vo", "xa", "ya", "za", "zi", "zo", "lu",
)
NAME_ENDS = (
    "bit", "core", "dale", "dex", "don", "field", "flow", "ford", "gen", "graph", "grid", "lane", "lex", "line", "link",
    "lis", "loop", "mark", "mond", "nax", "net", "nova", "path", "plex", "point", "ron", "rix", "scape", "sense", "soft",
    "son", "stone", "sys", "tec", "ton", "tron", "vale", "ware", "way", "wood",
)
NAME_FIELDS = ("Systems", "Group", "Partners", "Logistics", "Health", "Foods", "Industries", "Media")
LEGAL_FORMS = (", Inc.", " Inc.", " LLC", " Ltd", " GmbH", " Corp.", "", " Co.")

INDUSTRIES = (
    "Technology", "Manufacturing", "Healthcare", "Banking", "Retail", "Education", "Energy", "Insurance", "Transportation",
    "Media", "Consulting", "Construction", "Telecommunications", "Government", "Not For Profit",
)
INDUSTRY_WEIGHTS = (22, 16, 11, 9, 9, 5, 4, 5, 5, 4, 4, 3, 2, 1, 1)
INDUSTRY_SLIPS = (
    "Technolgy", "Manufacturng", "Health care", "Bankng", "Retial", "Educaton", "Enery", "Insurence", "Tranportation",
    "Meida", "Consultng", "Constuction", "Telecomunications", "Goverment", "Non Profit",
)

COUNTRIES = ("United States", "Canada", "United Kingdom", "Germany", "France", "Netherlands", "Spain", "Australia")
COUNTRY_SLIPS = ("Untied States", "Cananda", "Untied Kingdom", "Germnay", "Frnace", "Netherland", "Spian", "Austrlia")
# Positions in COUNTRIES of those that pay in euros.
EURO_COUNTRIES = (3, 4, 5, 6)
DIAL_CODES = ("+1", "+1", "+44", "+49", "+33", "+31", "+34", "+61")
# (city, state, first digits of the postal code, position in COUNTRIES, weight)
PLACES = (
    ("New York", "NY", 100, 0, 90), ("Boston", "MA", 21, 0, 50), ("Philadelphia", "PA", 191, 0, 36),
    ("Atlanta", "GA", 303, 0, 40), ("Miami", "FL", 331, 0, 30), ("Charlotte", "NC", 282, 0, 26),
    ("Chicago", "IL", 606, 0, 60), ("Dallas", "TX", 752, 0, 44), ("Austin", "TX", 787, 0, 44),
    ("Houston", "TX", 770, 0, 36), ("Minneapolis", "MN", 554, 0, 24), ("Denver", "CO", 802, 0, 34),
    ("Phoenix", "AZ", 850, 0, 24), ("Salt Lake City", "UT", 841, 0, 22), ("Seattle", "WA", 981, 0, 44),
    ("Portland", "OR", 972, 0, 24), ("San Francisco", "CA", 941, 0, 80), ("San Jose", "CA", 951, 0, 40),
    ("Los Angeles", "CA", 900, 0, 60), ("Toronto", "ON", 416, 1, 40), ("Vancouver", "BC", 604, 1, 20),
    ("Montréal", "QC", 514, 1, 18), ("London", "", 201, 2, 70), ("Manchester", "", 161, 2, 22),
    ("Edinburgh", "", 131, 2, 12), ("Berlin", "", 101, 3, 28), ("München", "", 803, 3, 26), ("Hamburg", "", 200, 3, 18),
    ("Paris", "", 750, 4, 30), ("Lyon", "", 690, 4, 10), ("Amsterdam", "", 101, 5, 22), ("Madrid", "", 280, 6, 14),
    ("Barcelona", "", 80, 6, 12), ("Sydney", "NSW", 200, 7, 20), ("Melbourne", "VIC", 300, 7, 14),
)
STREETS = (
    "Main Street", "Market Street", "Oak Avenue", "Park Road", "Harbor Drive", "Mill Lane", "Station Road", "Lake Boulevard",
)

TITLES = (
    "Chief Executive Officer", "Chief Financial Officer", "Chief Technology Officer", "VP Operations", "VP Finance",
    "IT Director", "Director, Procurement", "Head of Operations", "Operations Manager", "Project Manager",
    "Purchasing Manager", "Analyst",
)
TITLE_WEIGHTS = (4, 5, 6, 8, 6, 12, 8, 10, 14, 12, 9, 6)
# How often leads with each title convert, against the average (percent); the last is for leads without one.
TITLE_INTEREST = (160, 150, 150, 165, 155, 125, 125, 125, 75, 60, 65, 30, 40)
DEPARTMENTS = (
    "Executive", "Finance", "Technology", "Operations", "Finance", "Technology", "Procurement", "Operations", "Operations",
    "Projects", "Procurement", "Finance",
)

LEAD_SOURCES = ("Web", "Trade Show", "Partner Referral", "Employee Referral", "Purchased List", "Phone Inquiry", "Other")
LEAD_SOURCE_WEIGHTS = (46, 12, 10, 5, 15, 8, 4)
# How well deals of each source go, and how often its leads convert, against the average (percent).
LEAD_SOURCE_QUALITY = (100, 92, 125, 130, 70, 108, 90)
LEAD_SOURCE_INTEREST = (100, 90, 170, 185, 30, 110, 70)

LOSS_REASONS = (
    "Price", "Lost to competitor", "No decision", "Timing", "Missing feature", "No budget", "Disqualified - not a fit",
    "Duplicate",
)
LOSS_REASON_WEIGHTS = (24, 22, 22, 12, 9, 8, 2, 1)
NEXT_STEPS = ("Send pricing", "Schedule demo", "Call decision maker", "Legal review", "Follow up after trial", "Confirm budget")
# fmt: on
