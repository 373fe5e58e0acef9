"""Settings of the project. Everything that differs between machines comes from the environment (or `.env`)."""

from typing import Any

from django.utils.csp import CSP

from engine.actions import ActionStatus
from engine.difference import Kind
from engine.progress import Status
from workflows_site import environment
from workflows_site.environment import BASE_DIR

DEBUG = environment.flag("DEBUG", default=False)
SECRET_KEY = environment.secret_key(debug=DEBUG)
ENCRYPTION_KEYS = environment.encryption_keys(debug=DEBUG)
ALLOWED_HOSTS = environment.allowed_hosts(debug=DEBUG)
CSRF_TRUSTED_ORIGINS = environment.trusted_origins()
DATABASES = {"default": environment.database()}
MAILERS = environment.mailers()
DEFAULT_FROM_EMAIL = environment.email_from()
EMAIL_ALLOW = environment.email_allow()
HTTPS = environment.flag("HTTPS", default=False)
EGRESS_ALLOW = environment.egress_allow()
CELERY_BROKER_URL = environment.broker_url()
if CELERY_BROKER_URL:
    TASKS = {
        "default": {
            "BACKEND": "django_tasks_celery.CeleryBackend",
            "OPTIONS": {"CELERY_APP": "workflows_site.celery.app"},
        }
    }
    # It misses a store for results. What came of an attempt is in the database, with the delivery.
    SILENCED_SYSTEM_CHECKS = ["django_tasks_celery.W001", "django_tasks_celery.W002"]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "events",
    "registry",
    "permissions",
    "instances",
    "deliveries",
    "authoring",
    "conversations",
    "workflows_site",
]

MIDDLEWARE = [
    # The first: what the others refuse, redirect or fail at has the policy too.
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "workflows_site.middleware.PlainRequestMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "workflows_site.urls"
WSGI_APPLICATION = "workflows_site.wsgi.application"
ASGI_APPLICATION = "workflows_site.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.csp",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LANGUAGE_CODE = "en"
FORMAT_MODULE_PATH = "workflows_site.formats"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Served from where the packages keep them: there is no collectstatic step to forget.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DELIVERIES_LEASE_SECONDS = environment.whole_number("DELIVERIES_LEASE_SECONDS", default=60, minimum=1, maximum=3600)
DELIVERIES_FIRST_DELAY_SECONDS = environment.whole_number(
    "DELIVERIES_FIRST_DELAY_SECONDS", default=10, minimum=1, maximum=3600
)
DELIVERIES_KEPT_DAYS = environment.whole_number("DELIVERIES_KEPT_DAYS", default=90, minimum=1, maximum=3650)
PUBLIC_URL = environment.public_url()
PAGE_LINK_HOURS = environment.whole_number("PAGE_LINK_HOURS", default=24, minimum=1, maximum=24 * 90)
PAGE_RATE_PER_LINK = environment.rate("PAGE_RATE_PER_LINK", default="60/minute")
PAGE_RATE_PER_ADDRESS = environment.rate("PAGE_RATE_PER_ADDRESS", default="240/minute")
CACHES = {"default": environment.cache()}
TRUST_FORWARDED_PROTO = environment.flag("TRUST_FORWARDED_PROTO", default=False)
# The editor posts every input of a template, and beside them the document they were made of. Bodies of the API are
# bounded by their parser.
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 50_000
APPEND_SLASH = True

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUST_FORWARDED_PROTO else None
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$"]
SESSION_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
# Scripts, styles and pictures are files of ours. What a page holds inline needs the nonce of its answer.
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF, CSP.NONCE],
    "img-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "object-src": [CSP.NONE],
}

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "permissions.authentication.ApiKeyAuthentication",
        "permissions.authentication.StaffSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["permissions.access.PolicyPermission"],
    "DEFAULT_PARSER_CLASSES": ["workflows_site.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "workflows_site.pagination.SkipLimitPagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "workflows_site.problems.answer",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    # There is one version. Without this, /api/schema?version= writes what it is given into a header.
    "ALLOWED_VERSIONS": [None],
    # So many proxies add who they got a request from to `X-Forwarded-For`; what stands before that, anybody wrote.
    "NUM_PROXIES": environment.whole_number("PROXIES", default=int(TRUST_FORWARDED_PROTO), minimum=0, maximum=10),
}

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Workflows",
    "DESCRIPTION": "Conversational workflows from templates. Authenticate with `Authorization: Bearer <API key>`.",
    "VERSION": "0.1.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "workflows_site.openapi.describe_all",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    # Its links to operations stand inside of buttons, which the keyboard and screen readers stumble over.
    "SWAGGER_UI_SETTINGS": {"deepLinking": False},
    "COMPONENT_SPLIT_REQUEST": True,
    "SORT_OPERATIONS": False,
    "ENUM_NAME_OVERRIDES": {
        "StatusEnum": [status.value for status in Status],
        "ActionStatusEnum": [status.value for status in ActionStatus],
        "DifferenceKindEnum": [kind.value for kind in Kind],
        "KindEnum": ["end_action", "action", "webhook"],  # of deliveries, whose models cannot be imported here
    },
    "SCHEMA_PATH_PREFIX": "/api",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
}

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "without_arguments": {"()": "conversations.mcp.logs.WithoutArguments"},
        "without_links": {"()": "conversations.page.logs.WithoutLinks"},
    },
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without_links"]}},
    "root": {"handlers": ["console"], "level": environment.log_level()},
    "loggers": {
        # One line for each attempt says nothing that the attempt itself does not, and a trace may quote values.
        "django.tasks": {"level": "CRITICAL"},
        # At DEBUG it writes the headers of answers, and some receivers send back what they were sent.
        "httpcore": {"level": "INFO"},
        # It puts what a tool was called with, and the key, on every record.
        "django_mcpz.calls": {"filters": ["without_arguments"]},
    },
}
