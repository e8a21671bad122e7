"""How people sign in: one page for every setting about accounts, passwords, codes and sessions."""

from __future__ import annotations

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]

LOGIN_URL = "people:sign_in"
LOGIN_REDIRECT_URL = "people:account"
LOGOUT_REDIRECT_URL = "/"

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "display_name")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

SESSION_ENGINE = "hereabouts.people.adapters.sessions"
SESSION_COOKIE_NAME = "session"
# The cookie of a resident; desks end sooner, by the rules in people/domain/sessions.py.
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_SAVE_EVERY_REQUEST = False

# Messages travel in a cookie of their own, so that showing none touches no session.
MESSAGE_STORAGE = "hereabouts.people.adapters.messages.MessageStore"

# Throttles and used codes must be the same for every process, so they live in the database.
# The table is made by a migration of people.
CACHES = {
    "default": {
        "BACKEND": "hereabouts.people.adapters.throttle.ThrottleStore",
        "LOCATION": "people_throttle",
        "TIMEOUT": 900,
        "OPTIONS": {"MAX_ENTRIES": 100_000, "CULL_FREQUENCY": 10},
    }
}

ACCOUNT_ADAPTER = "hereabouts.people.adapters.sign_in.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
# An address is proved by the link that was sent to it; there is no second proof to ask for.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGIN_TIMEOUT = 900
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,100/h/ip,5/900s/key",
    "request_login_code": "20/900s/ip,3/900s/key,10/86400s/key",
    "reauthenticate": "10/m/user",
}
ACCOUNT_FORMS = {
    "login": "hereabouts.people.web.forms.PasswordSignInForm",
    "reauthenticate": "hereabouts.people.web.forms.PasswordAgainForm",
}
ALLAUTH_TRUSTED_PROXY_COUNT = 0

MFA_ADAPTER = "hereabouts.people.adapters.sign_in.SecondStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
# One step of 30 seconds either way, for clocks that differ; codes are still good only once.
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODE_COUNT = 10
MFA_RECOVERY_CODE_DIGITS = 10
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TRUST_ENABLED = False
MFA_FORMS = {
    "authenticate": "hereabouts.people.web.forms.SecondStepForm",
    "reauthenticate": "hereabouts.people.web.forms.SecondStepAgainForm",
    "activate_totp": "hereabouts.people.web.forms.AppSetUpForm",
    "deactivate_totp": "hereabouts.people.web.forms.AppRemovalForm",
    "generate_recovery_codes": "hereabouts.people.web.forms.NewCodesForm",
}
