"""The whole life of a passkey, over HTTP: register, log in, revoke, log out, delete."""

from tests.contract.conftest import ManualClock, Person


def test_auth_register_login_revoke_delete(person: Person) -> None:
    """A user registers, logs in, revokes the session, comes back, and leaves nothing to log in with."""
    registered = person.register()
    first = person.client.get("/api/auth/session")
    loggedin = person.login()
    session_id = loggedin.json()["session"]["id"]
    revoked = person.client.delete(f"/api/auth/sessions/{session_id}")
    refused = person.client.get("/api/auth/session")
    again = person.login(email=person.email)
    passkey_id = person.client.get("/api/auth/passkeys").json()["passkeys"][0]["id"]
    last = person.client.delete(f"/api/auth/passkeys/{passkey_id}")
    deleted = person.client.delete("/api/auth/account")
    gone = person.login()

    assert registered.status_code == 201
    assert first.json()["user"]["email"] == person.email
    assert loggedin.status_code == 200
    assert (revoked.status_code, refused.status_code) == (204, 401)
    assert again.status_code == 200
    assert last.status_code == 409
    assert (deleted.status_code, gone.status_code) == (204, 401)


def test_register_sets_a_guarded_cookie(person: Person) -> None:
    """The session's cookie is not for scripts and not for other sites."""
    cookie = person.register().headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_register_options_create_no_user(person: Person) -> None:
    """Whoever asks for options and goes away leaves nobody behind: the email is still free."""
    person.client.post("/api/auth/register/options", json={"email": person.email})

    registered = person.register()

    assert registered.status_code == 201


def test_register_refuses_a_taken_email(person: Person, other: Person) -> None:
    """One email belongs to one user."""
    person.email = other.email

    answer = person.register()

    assert answer.status_code == 409
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_register_adds_a_passkey_to_the_signed_in_user(signed_in: Person, clock: ManualClock) -> None:
    """A signed-in user gets one more passkey, and no second account; the oldest is listed first."""
    clock.advance(seconds=1)
    signed_in.authenticator = type(signed_in.authenticator)()

    answer = signed_in.register(name="phone")

    names = [one["name"] for one in signed_in.client.get("/api/auth/passkeys").json()["passkeys"]]
    assert answer.status_code == 201
    assert names == ["laptop", "phone"]


def test_register_options_exclude_the_users_passkeys(signed_in: Person) -> None:
    """An authenticator that is registered already is told so."""
    options = signed_in.client.post("/api/auth/register/options", json={}).json()

    assert len(options["publicKey"]["excludeCredentials"]) == 1


def test_login_options_look_alike_for_unknown_emails(signed_in: Person) -> None:
    """Nobody finds out from login options who is a user: shape is the same, and stable."""
    known = signed_in.client.post("/api/auth/login/options", json={"email": signed_in.email}).json()
    unknown = signed_in.client.post("/api/auth/login/options", json={"email": "nobody@example.com"}).json()
    again = signed_in.client.post("/api/auth/login/options", json={"email": "nobody@example.com"}).json()

    assert known["publicKey"].keys() == unknown["publicKey"].keys()
    assert len(known["publicKey"]["allowCredentials"]) == len(unknown["publicKey"]["allowCredentials"]) == 1
    assert unknown["publicKey"]["allowCredentials"] == again["publicKey"]["allowCredentials"]


def test_logout_ends_the_session(signed_in: Person) -> None:
    """After logging out the old cookie opens nothing."""
    cookie = signed_in.client.cookies["raptor_session"]

    answer = signed_in.client.post("/api/auth/logout")

    signed_in.client.cookies.set("raptor_session", cookie)
    assert answer.status_code == 204
    assert signed_in.client.get("/api/auth/session").status_code == 401


def test_session_slides_and_ends(signed_in: Person, clock: ManualClock) -> None:
    """A used session lives on; an unused one ends."""
    clock.advance(hours=11)
    used = signed_in.client.get("/api/auth/session")
    clock.advance(hours=11)
    still = signed_in.client.get("/api/auth/session")
    clock.advance(hours=13)
    ended = signed_in.client.get("/api/auth/session")

    assert (used.status_code, still.status_code, ended.status_code) == (200, 200, 401)


def test_session_ends_at_its_absolute_limit(signed_in: Person, clock: ManualClock) -> None:
    """However much it is used, a session ends after thirty days."""
    codes = []
    for _ in range(64):
        clock.advance(hours=11.5)
        codes.append(signed_in.client.get("/api/auth/session").status_code)

    assert codes.index(401) == 62


def test_sessions_are_listed_and_revoked_one_by_one(signed_in: Person, clock: ManualClock) -> None:
    """The newest session comes first, the current one is marked, an old one can be ended."""
    clock.advance(seconds=1)
    signed_in.login()
    found = signed_in.client.get("/api/auth/sessions").json()["sessions"]

    answer = signed_in.client.delete(f"/api/auth/sessions/{found[1]['id']}")

    left = signed_in.client.get("/api/auth/sessions").json()["sessions"]
    assert [one["current"] for one in found] == [True, False]
    assert answer.status_code == 204
    assert [one["id"] for one in left] == [found[0]["id"]]


def test_passkey_can_be_renamed(signed_in: Person) -> None:
    """A passkey's name is its owner's to choose."""
    passkey = signed_in.client.get("/api/auth/passkeys").json()["passkeys"][0]

    answer = signed_in.client.patch(f"/api/auth/passkeys/{passkey['id']}", json={"name": "at work"})

    assert answer.json()["name"] == "at work"


def test_passkey_that_is_not_the_last_can_be_revoked(signed_in: Person, clock: ManualClock) -> None:
    """A revoked passkey logs nobody in any more."""
    clock.advance(seconds=1)
    lost = signed_in.authenticator
    signed_in.authenticator = type(lost)()
    signed_in.register(name="new")
    first = signed_in.client.get("/api/auth/passkeys").json()["passkeys"][0]

    revoked = signed_in.client.delete(f"/api/auth/passkeys/{first['id']}")

    signed_in.authenticator = lost
    assert revoked.status_code == 204
    assert signed_in.login().status_code == 401


def test_one_user_never_reaches_anothers_passkeys_or_sessions(signed_in: Person, other: Person) -> None:
    """Somebody else's passkey and session are not found, whoever asks."""
    passkey = signed_in.client.get("/api/auth/passkeys").json()["passkeys"][0]["id"]
    session = signed_in.client.get("/api/auth/session").json()["session"]["id"]

    answers = [
        other.client.patch(f"/api/auth/passkeys/{passkey}", json={"name": "mine"}),
        other.client.delete(f"/api/auth/passkeys/{passkey}"),
        other.client.delete(f"/api/auth/sessions/{session}"),
    ]

    assert [one.status_code for one in answers] == [404, 404, 404]
    assert signed_in.client.get("/api/auth/session").status_code == 200
