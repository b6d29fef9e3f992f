"""Makes what the operations under test read, change and take away, and prints it as shell variables.

Usage: schemathesis_seed.py credentials.json. Nothing but Python's own library.
"""

import json
import shlex
import sys
import time
import urllib.request
from http.cookies import SimpleCookie

with open(sys.argv[1], encoding="utf-8") as file:
    credentials = json.load(file)
BASE, KEYS, BOT = credentials["baseUrl"], credentials["keys"], credentials["chatbotId"]


def call(method, path, body=None, **headers):
    data = None if body is None else json.dumps(body).encode()
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(BASE + path, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=60) as response:
        text = response.read()
        return response, json.loads(text) if text else None


def bearer(key):
    return {"Authorization": f"Bearer {key}"}


def session():
    response, _ = call("POST", "/api/v1/auth/login", credentials["session"])
    return SimpleCookie(response.headers["Set-Cookie"])["session"].value


SESSION = bearer(session())
PUBLIC, SECRET = bearer(KEYS["botplotPublic"]), bearer(KEYS["botplotSecret"])
SITE = bearer(KEYS["helpbot"])
PLATFORM = bearer(KEYS["chatbotplatform"])


def session_id():
    rows = call("GET", "/api/v1/auth/sessions", **bearer(session()))[1]["data"]
    return next(row["id"] for row in rows if row["current"])


def chatbot():
    return call("POST", "/api/v1/chatbots", {"name": "Spare"}, **SESSION)[1]["chatbot"]["id"]


def answer():
    question = {"message": "When is a failed webhook delivery retried?"}
    return call("POST", "/api/v1/chat", question, **PUBLIC)[1]


def erased():
    conversation = answer()["conversationId"]
    call("DELETE", f"/api/v1/conversations/{conversation}", **SECRET)
    return conversation


def visited():
    """A conversation that waits for a person, and its visitor's token."""
    response, body = call("POST", "/api/v1/chat", {"message": "Is anybody there?"}, **PUBLIC)
    conversation = body["conversationId"]
    call("POST", f"/api/v1/conversations/{conversation}/handoff", {}, **PUBLIC)
    return conversation, response.headers["x-conversation-token"]


def hook(event, **more):
    return {"url": "http://127.0.0.1:9/hook", "events": [event], **more}


def platform_webhook():
    made = call("POST", "/v1/webhooks", hook("bot.message_received"), **PLATFORM)[1]
    return made["data"]["id"]


# A chatbot of their own: answers of the demo's are not to depend on backends that are made up.
BACKENDS_BOT = chatbot()


def integration():
    echo = {"name": "Echo", "type": "echo"}
    return call("POST", f"/v1/bots/{BACKENDS_BOT}/integrations", echo, **PLATFORM)[1]["data"]["id"]


def channel():
    web = {"name": "Widget", "type": "web"}
    return call("POST", f"/v1/bots/{BACKENDS_BOT}/channels", web, **PLATFORM)[1]["data"]["id"]


def agent_loop():
    report = {"name": "Report", "user_message": "Report.", "integration_id": integration()}
    return call("POST", "/v1/agent-loops", report, **PLATFORM)[1]["data"]["id"]


def execution(loop):
    return call("POST", f"/v1/agent-loops/{loop}/run", **PLATFORM)[1]["data"]["id"]


def waiting():
    """Executions of one loop, so many that some still wait: one of them can be cancelled."""
    loop = agent_loop()
    return loop, [execution(loop) for _ in range(40)][-1]


def botplot_webhook():
    made = call("POST", WEBHOOKS, hook("lead.captured"), **SECRET)[1]
    return made["webhook"]["id"]


def source():
    pair = {"question": "What are your hours?", "answer": "Nine to five."}
    return call("POST", "/api/v1/knowledge/qa", pair, **SECRET)[1]["sourceId"]


# A webhook of each dialect, with a delivery from the first question.
WEBHOOKS = f"/api/v1/projects/{BOT}/webhooks"
X_API_KEY = {"x_api_key": KEYS["conferbot"]}
WATCHED = {
    "BOTPLOT": (WEBHOOKS, SECRET, "conversation.started", {}),
    "PLATFORM": ("/v1/webhooks", PLATFORM, "bot.message_received", {}),
    "CONFERBOT": ("/api/v1/external/v1/webhooks", X_API_KEY, "response.created", {"chatbotId": BOT}),
    "SITE": ("/api/v1/webhooks", SITE, "conversation.created", {}),
}


def inside(body):
    """What an answer is about, by whatever name its dialect has for it."""
    return body.get("data") or body.get("webhook") or body.get("deliveries") or []


def id_of(thing):
    return thing.get("id") or thing["_id"]


def watched():
    found = {}
    for name, (path, key, event, more) in WATCHED.items():
        found[name] = id_of(inside(call("POST", path, hook(event, **more), **key)[1]))
    return found


def delivery(name, webhook):
    path, key, _, _ = WATCHED[name]
    for _ in range(300):
        deliveries = inside(call("GET", f"{path}/{webhook}/deliveries", **key)[1])
        if deliveries:
            return id_of(deliveries[0])
        time.sleep(0.1)
    sys.exit(f"nothing was delivered to the webhook {name}")


def group():
    question = {"message": "How do I cook pasta?"}
    call("POST", "/api/v1/chat", question, **PUBLIC)
    for _ in range(300):
        groups = call("GET", "/api/v1/knowledge/unanswered", **SECRET)[1]["groups"]
        if groups:
            return groups[0]["id"]
        time.sleep(0.1)
    sys.exit("no question was counted as unanswered")


def traced():
    """An answer whose trace is kept."""
    settings = lambda kept: call("PATCH", f"/api/v1/chatbots/{BOT}", {"settings": {"traces": kept}}, **SESSION)
    settings(True)
    asked = answer()
    settings(None)
    return asked


webhooks = watched()
first = answer()
deliveries = {name: delivery(name, webhook) for name, webhook in webhooks.items()}
conferbot_hook = hook("response.created", chatbotId=BOT)
_, conferbot_webhook = call("POST", "/api/v1/external/v1/webhooks", conferbot_hook, **X_API_KEY)
visited_conversation, visitor_token = visited()
_, lead = call("POST", "/api/v1/leads", {"email": "ada@example.com"}, **PUBLIC)
_, key = call("POST", "/api/v1/api-keys", {"dialect": "conferbot"}, **SESSION)
_, invitation = call("POST", "/api/v1/members/invitations", {"email": "grace@example.com", "role": "agent"}, **SESSION)
_, sources = call("GET", "/api/v1/knowledge", **SECRET)
_, site_source = call("POST", "/api/v1/sources", {"url": f"{BASE}/docs/api"}, **SITE)
_, announced = call("POST", "/api/v1/sources/file", {"name": "a.txt", "size": 1}, **SITE)
_, site_webhook = call("POST", "/api/v1/webhooks", hook("conversation.created"), **SITE)

loop = agent_loop()
cancelled_loop, cancelled = waiting()

made = {
    "BASE_URL": BASE,
    "CONFERBOT": KEYS["conferbot"],
    "CHATBOTPLATFORM": KEYS["chatbotplatform"],
    "BOTPLOT_PUBLIC": KEYS["botplotPublic"],
    "BOTPLOT_SECRET": KEYS["botplotSecret"],
    "HELPBOT": KEYS["helpbot"],
    "SESSION": session(),
    "ENDED_SESSION": session(),
    "ENDED_SESSION_ID": session_id(),
    "INVITATION_ID": invitation["id"],
    "EMAIL": credentials["session"]["email"],
    "PASSWORD": credentials["session"]["password"],
    "CHATBOT_ID": BOT,
    "CHANGED_CHATBOT_ID": chatbot(),
    "DELETED_BY_CONFERBOT_ID": chatbot(),
    "DELETED_BY_PLATFORM_ID": chatbot(),
    "DELETED_BY_OPENBAT_ID": chatbot(),
    "CONVERSATION_ID": first["conversationId"],
    "MESSAGE_ID": first["messageId"],
    "INBOX_CONVERSATION_ID": answer()["conversationId"],
    "VISITED_CONVERSATION_ID": visited_conversation,
    "VISITOR_TOKEN": visitor_token,
    "TRACED_MESSAGE_ID": traced()["messageId"],
    "HANDED_OFF_CONVERSATION_ID": answer()["conversationId"],
    "DELETED_PLATFORM_CONVERSATION_ID": answer()["conversationId"],
    "DELETED_BOTPLOT_CONVERSATION_ID": answer()["conversationId"],
    "CONFERBOT_WEBHOOK_ID": conferbot_webhook["data"]["_id"],
    "PLATFORM_WEBHOOK_ID": platform_webhook(),
    "DELETED_PLATFORM_WEBHOOK_ID": platform_webhook(),
    "BACKENDS_BOT_ID": BACKENDS_BOT,
    "INTEGRATION_ID": integration(),
    "DELETED_INTEGRATION_ID": integration(),
    "CHANNEL_ID": channel(),
    "DELETED_CHANNEL_ID": channel(),
    "AGENT_LOOP_ID": loop,
    "EXECUTION_ID": execution(loop),
    "DELETED_AGENT_LOOP_ID": agent_loop(),
    "CANCELLED_AGENT_LOOP_ID": cancelled_loop,
    "CANCELLED_EXECUTION_ID": cancelled,
    "BOTPLOT_WEBHOOK_ID": botplot_webhook(),
    "DELETED_BOTPLOT_WEBHOOK_ID": botplot_webhook(),
    "SOURCE_ID": sources["sources"][0]["id"],
    "DELETED_SOURCE_ID": source(),
    "ANNOUNCED_SOURCE_ID": announced["source"]["id"],
    "DELETED_SITE_SOURCE_ID": site_source["source"]["id"],
    "DELETED_SITE_WEBHOOK_ID": site_webhook["webhook"]["id"],
    "ERASED_ID": erased(),
    "DELETED_LEAD_ID": lead["lead"]["id"],
    "DELETED_KEY_ID": key["id"],
    "GROUP_ID": group(),
    **{f"WATCHED_{name}_WEBHOOK_ID": webhook for name, webhook in webhooks.items()},
    **{f"WATCHED_{name}_DELIVERY_ID": delivery for name, delivery in deliveries.items()},
}
for name, value in made.items():
    print(f"export {name}={shlex.quote(value)}")
