"""Settings of login protection (django-axes), password hashing and password rules."""

# --- Passwords: OWASP ASVS, plus what the organisation's policy profile adds ------------------------------------------
PASSWORD_HASHERS = ["jiceng.access.passwords.Argon2idHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "display_name", "email")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "jiceng.access.passwords.OrganisationWordValidator"},
    {"NAME": "jiceng.access.passwords.ProfileValidator"},
]

# --- Lockout by (tenant, username, address): it bars the attacker, not the person. Kept in the tenant's own schema. ---
AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = "jiceng.access.lockout.failure_limit"
AXES_COOLOFF_TIME = "jiceng.access.lockout.cool_off"
AXES_CLIENT_IP_CALLABLE = "jiceng.access.lockout.client_address"
AXES_CLIENT_STR_CALLABLE = "jiceng.access.lockout.client_description"
AXES_LOCKOUT_CALLABLE = "jiceng.access.lockout.locked_response"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True  # sign-ins are in the audit trail
AXES_SENSITIVE_PARAMETERS = ["password", "code", "username"]
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# Attempts from one address per minute, over all usernames of a tenant. Counted in Redis; without Redis nobody signs in.
LOGIN_ATTEMPTS_PER_MINUTE = 20
# Called in the transaction in which somebody accepts an invitation: f(*, invite, user).
INVITE_ACCEPTED: tuple[str, ...] = ("jiceng.members.services.link_invited",)
