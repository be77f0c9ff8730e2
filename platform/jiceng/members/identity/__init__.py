"""What identifies a person, from the many ways people write it to one form: documents, phones, names, dates."""

from .documents import IdNumber, birth_date_of, check_character, gender_of, mask_id_number, normalise_id_number
from .faults import ValueFault
from .phones import mask_phone, normalise_office_phone, normalise_phone
from .words import ETHNICITIES, clean_name, parse_date, parse_ethnicity, parse_gender, parse_yes

__all__ = [
    "ETHNICITIES", "IdNumber", "ValueFault", "birth_date_of", "check_character", "clean_name", "gender_of",
    "mask_id_number", "mask_phone", "normalise_id_number", "normalise_office_phone", "normalise_phone", "parse_date",
    "parse_ethnicity", "parse_gender", "parse_yes",
]  # fmt: skip
