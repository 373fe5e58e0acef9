"""Settings from the environment: what is missing or malformed stops the start with a sentence."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from environ.fileaware_mapping import FileAwareMapping

from workflows_site import environment
from workflows_site.tests.servers import ENCRYPTION_KEY, KEY, run_python, site


def refusal(monkeypatch: pytest.MonkeyPatch, name: str, value: str, read: Any) -> str:
    """Return the sentence with which a setting is refused."""
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured) as caught:
        read()
    return str(caught.value)


@pytest.mark.parametrize(
    ("given", "read"), [("true", True), ("1", True), ("Yes", True), ("off", False), ("0", False), ("", True)]
)
def test_a_flag_is_a_word_or_the_default(monkeypatch: pytest.MonkeyPatch, given: str, read: bool) -> None:
    monkeypatch.setenv("DEBUG", given)

    assert environment.flag("DEBUG", default=True) is read


@pytest.mark.parametrize("given", ["maybe", "2", "-", "tru"])
def test_a_flag_that_is_neither_yes_nor_no_is_refused(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    sentence = refusal(monkeypatch, "DEBUG", given, lambda: environment.flag("DEBUG", default=False))

    assert sentence == f"DEBUG is {given!r}. Set it to true or false."


@pytest.mark.parametrize("given", ["0", "-1", "x", "1.5", "", " "])
def test_a_pool_size_that_is_no_positive_number_is_refused(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:p@db.example:5432/n")

    sentence = refusal(monkeypatch, "DATABASE_POOL_SIZE", given, environment.database)

    assert "DATABASE_POOL_SIZE" in sentence
    assert "from 1 to 1000" in sentence


def test_the_size_of_the_pool_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:p@db.example:5432/n")
    monkeypatch.setenv("DATABASE_POOL_SIZE", "7")

    config = environment.database()

    assert (config["OPTIONS"]["pool"]["max_size"], config["HOST"], config["NAME"]) == (7, "db.example", "n")


def test_a_log_level_is_a_known_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_LEVEL", " debug ")
    assert environment.log_level() == "DEBUG"

    assert "'LOUD'" in refusal(monkeypatch, "LOG_LEVEL", "loud", environment.log_level)


def test_what_may_be_reached_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EGRESS_ALLOW", " mail.intern:8080 , 10.1.0.0/16,")

    allow = environment.egress_allow()

    assert allow.opens("mail.intern", 8080)
    assert allow.opens("10.1.2.3", 443)
    assert not allow.opens("mail.intern", 443)


def test_nothing_beside_the_public_may_be_reached_unless_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EGRESS_ALLOW", raising=False)

    assert environment.egress_allow().entries == ()


def test_something_to_be_reached_that_cannot_be_read_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    sentence = refusal(monkeypatch, "EGRESS_ALLOW", "mail.intern,http://x", environment.egress_allow)

    assert sentence.startswith("EGRESS_ALLOW: 'http://x' is neither a host (mail.intern)")


@pytest.mark.parametrize("given", ["", "short", "k" * 49])
def test_a_secret_key_that_is_missing_or_short_is_refused(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    sentence = refusal(monkeypatch, "SECRET_KEY", given, lambda: environment.secret_key(debug=False))

    assert sentence.startswith("SECRET_KEY must be set")
    assert "secrets.token_urlsafe" in sentence


def test_a_development_machine_may_leave_the_secret_key_out_but_not_choose_a_short_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    assert len(environment.secret_key(debug=True)) >= 50

    refusal(monkeypatch, "SECRET_KEY", "short", lambda: environment.secret_key(debug=True))


def test_the_hosts_must_be_named_outside_development(monkeypatch: pytest.MonkeyPatch) -> None:
    sentence = refusal(monkeypatch, "ALLOWED_HOSTS", " , ", lambda: environment.allowed_hosts(debug=False))
    assert "ALLOWED_HOSTS" in sentence
    assert environment.allowed_hosts(debug=True) == ["localhost", "127.0.0.1", "[::1]"]

    monkeypatch.setenv("ALLOWED_HOSTS", "a.example, b.example,")
    assert environment.allowed_hosts(debug=False) == ["a.example", "b.example"]


@pytest.mark.parametrize("url", ["mysql://u:p@h/n", "oracle://h", "nonsense", "", "http://h", "sqlite3:///x"])
def test_a_database_of_another_kind_is_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    sentence = refusal(monkeypatch, "DATABASE_URL", url, environment.database)

    assert sentence.startswith("DATABASE_URL begins with ")
    assert "u:p" not in sentence, "the password stays where it is"


def test_sqlite_is_set_up_so_that_no_write_is_lost(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/x.sqlite3")

    config = environment.database()

    assert config["NAME"] == f"{tmp_path}/x.sqlite3"
    assert config["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert config["OPTIONS"]["timeout"] == 20


@pytest.mark.parametrize("given", ["", " , ", "short", ENCRYPTION_KEY + ",x", "k" * 44, "é" * 44])
def test_encryption_keys_that_are_missing_or_none_are_refused(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    sentence = refusal(monkeypatch, "ENCRYPTION_KEYS", given, lambda: environment.encryption_keys(debug=False))

    assert sentence.startswith("ENCRYPTION_KEYS must be set")
    assert "urlsafe_b64encode" in sentence
    assert given.strip(" ,") == "" or given not in sentence


def test_there_may_be_several_encryption_keys_and_a_development_machine_needs_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ENCRYPTION_KEYS", f" {ENCRYPTION_KEY} ,{ENCRYPTION_KEY}")
    assert environment.encryption_keys(debug=False) == [ENCRYPTION_KEY, ENCRYPTION_KEY]

    monkeypatch.delenv("ENCRYPTION_KEYS")
    assert [len(key) for key in environment.encryption_keys(debug=True)] == [44]
    refusal(monkeypatch, "ENCRYPTION_KEYS", "short", lambda: environment.encryption_keys(debug=True))


def test_e_mail_may_go_to_the_addresses_and_hosts_that_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMAIL_ALLOW", " office@bank.example, @staff.example,")
    assert environment.email_allow() == ["office@bank.example", "@staff.example"]

    assert "'staff.example'" in refusal(monkeypatch, "EMAIL_ALLOW", "@a.example,staff.example", environment.email_allow)
    monkeypatch.delenv("EMAIL_ALLOW")
    assert environment.email_allow() == []


def test_e_mail_goes_by_the_server_that_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMAIL_URL", "smtp+tls://ada:p%40ss@mail.example")

    assert environment.mailers()["default"]["OPTIONS"] == {
        "host": "mail.example",
        "port": 587,
        "username": "ada",
        "password": "p@ss",
        "use_tls": True,
        "use_ssl": False,
        "timeout": 20,
    }
    monkeypatch.setenv("EMAIL_URL", "console:")
    assert environment.mailers()["default"]["BACKEND"].endswith("console.EmailBackend")
    monkeypatch.delenv("EMAIL_URL")
    assert environment.mailers()["default"]["OPTIONS"]["host"] == "localhost"


@pytest.mark.parametrize(
    "given", ["mail.example", "http://s3cret@mail.example", "smtp://", "smtp://s3cret@m:x", "smtp://["]
)
def test_a_mail_server_that_cannot_be_meant_is_refused_and_its_password_not_told(
    monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    sentence = refusal(monkeypatch, "EMAIL_URL", given, environment.mailers)

    assert sentence.startswith("EMAIL_URL names no mail server.")
    assert "s3cret" not in sentence


def test_e_mail_comes_from_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMAIL_FROM", "flows@bank.example")
    assert environment.email_from() == "flows@bank.example"

    for given in ("bank.example", "@bank.example", "Bank <flows@bank.example>"):
        assert repr(given) in refusal(monkeypatch, "EMAIL_FROM", given, environment.email_from)


def test_the_deployment_check_is_clean_behind_https(tmp_path: Path) -> None:
    key = "aB3$" + os.urandom(40).hex()
    settings = {"HTTPS": "true", "SECRET_KEY": key, "DATABASE_URL": f"sqlite:///{tmp_path}/x.sqlite3"}

    done = run_python(
        ["manage.py", "check", "--deploy", "--database", "default", "--fail-level", "WARNING"], **settings
    )

    assert (done.returncode, done.stdout.strip()) == (0, "System check identified no issues (0 silenced).")
    assert done.stderr == ""


def test_a_start_without_a_secret_key_says_so_in_a_sentence_and_no_trace(tmp_path: Path) -> None:
    done = run_python(["manage.py", "check"], SECRET_KEY="", DEBUG="false")

    assert done.returncode == 1
    assert done.stderr.startswith("This cannot start: SECRET_KEY must be set")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://u:p@h:abc/db", "cannot be read"),
        ("postgresql://[bad/db", "cannot be read"),
        ("postgresql://u:p@h:5432/", "names no database"),
        ("sqlite:////no/such/folder/x.db", "there is no such folder"),
    ],
)
def test_a_database_that_cannot_be_meant_is_refused(monkeypatch: pytest.MonkeyPatch, url: str, words: str) -> None:
    assert words in refusal(monkeypatch, "DATABASE_URL", url, environment.database)


def test_a_file_that_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    sentence = refusal(monkeypatch, "SECRET_KEY_FILE", "/no/such/file", lambda: environment.secret_key(debug=False))

    assert sentence == "SECRET_KEY_FILE cannot be read: No such file or directory."


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("ALLOWED_HOSTS", lambda: environment.allowed_hosts(debug=False)),
        ("CSRF_TRUSTED_ORIGINS", environment.trusted_origins),
    ],
)
def test_a_list_in_a_file_that_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch, name: str, read: Any) -> None:
    sentence = refusal(monkeypatch, f"{name}_FILE", "/no/such/file", read)

    assert sentence == f"{name}_FILE cannot be read: No such file or directory."


def test_the_new_line_at_the_end_of_a_file_is_no_part_of_a_setting(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(environment.env, "ENVIRON", FileAwareMapping())  # which remembers the files it has read
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n")
    monkeypatch.setenv("SECRET_KEY_FILE", str(file))

    assert environment.secret_key(debug=False) == KEY


def test_the_origins_of_forms_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CSRF_TRUSTED_ORIGINS", "https://a.example, https://*.b.example:8443,")

    assert environment.trusted_origins() == ["https://a.example", "https://*.b.example:8443"]


@pytest.mark.parametrize("given", ["a.example", "https://a.example/", "https://", "ftp://a.example"])
def test_an_origin_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    sentence = refusal(monkeypatch, "CSRF_TRUSTED_ORIGINS", given, environment.trusted_origins)

    assert sentence.startswith(f"CSRF_TRUSTED_ORIGINS holds {given!r}. ")


def test_attempts_are_made_by_the_workers_themselves_unless_said_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TASKS_BACKEND", raising=False)

    assert environment.broker_url() == ""


def test_celery_needs_to_know_its_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CELERY_BROKER_URL", raising=False)

    sentence = refusal(monkeypatch, "TASKS_BACKEND", "celery", environment.broker_url)

    assert sentence == "CELERY_BROKER_URL must name the broker, like redis://127.0.0.1:6379/0"


def test_an_unknown_engine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    sentence = refusal(monkeypatch, "TASKS_BACKEND", "rq", environment.broker_url)

    assert sentence == "TASKS_BACKEND is 'rq'. Set it to immediate or celery."


def test_celery_without_its_packages_is_refused_with_how_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "find_spec", lambda _name: None)

    sentence = refusal(monkeypatch, "TASKS_BACKEND", "celery", environment.broker_url)

    assert sentence.endswith("python -m pip install -r requirements-celery.txt")


def test_celery_takes_the_broker_and_knows_the_task(tmp_path: Path) -> None:
    shown = site(tmp_path, TASKS_BACKEND="celery", CELERY_BROKER_URL="redis://127.0.0.1:1/0").manage(
        "shell",
        "--command",
        "from workflows_site.celery import app; from deliveries.attempts import attempt;"
        "print(app.conf.broker_url, type(attempt.get_backend()).__name__, app.tasks[attempt.module_path].expires)",
    )

    assert shown.stdout.splitlines()[-1] == "redis://127.0.0.1:1/0 CeleryBackend 60", shown.stderr


@pytest.mark.parametrize("given", ["", "https://chat.example", "http://127.0.0.1:8000", "https://chat.example/"])
def test_where_people_reach_the_site_is_a_scheme_and_a_host(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("PUBLIC_URL", given)

    assert environment.public_url() == given.rstrip("/")


@pytest.mark.parametrize(
    "given", ["chat.example", "ftp://chat.example", "https://", "https://chat.example/chat", "https://a@b", "http://[1"]
)
def test_an_address_that_leads_nowhere_is_refused(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    assert given in refusal(monkeypatch, "PUBLIC_URL", given, environment.public_url)


@pytest.mark.parametrize("given", ["60/minute", "1/second", "100000/day", "5/hour"])
def test_a_rate_is_so_many_in_a_time(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("PAGE_RATE_PER_LINK", given)

    assert environment.rate("PAGE_RATE_PER_LINK", default="60/minute") == given


@pytest.mark.parametrize("given", ["", "60", "0/minute", "60/fortnight", "-1/day", "60 / minute", "1000000000/day"])
def test_a_rate_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    sentence = refusal(
        monkeypatch, "PAGE_RATE_PER_LINK", given, lambda: environment.rate("PAGE_RATE_PER_LINK", default="1/day")
    )

    assert "like 60/minute" in sentence


@pytest.mark.parametrize(
    ("given", "backend", "location"),
    [
        ("", "locmem.LocMemCache", None),
        ("database", "db.DatabaseCache", "cache"),
        ("redis://127.0.0.1:6379/1", "redis.RedisCache", "redis://127.0.0.1:6379/1"),
    ],
)
def test_a_cache_is_in_the_process_or_where_it_says(
    monkeypatch: pytest.MonkeyPatch, given: str, backend: str, location: str | None
) -> None:
    monkeypatch.setenv("CACHE_URL", given)

    cache = environment.cache()

    assert (cache["BACKEND"], cache.get("LOCATION")) == (f"django.core.cache.backends.{backend}", location)


def test_a_cache_that_cannot_be_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "memcached://" in refusal(monkeypatch, "CACHE_URL", "memcached://a", environment.cache)
    monkeypatch.setattr(environment, "find_spec", lambda _: None)
    assert "pip install redis" in refusal(monkeypatch, "CACHE_URL", "redis://127.0.0.1", environment.cache)
