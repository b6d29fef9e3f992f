// Takes webhooks and verifies them as the references' own JavaScript does. `PORT SECRETS LOG`: secrets are a JSON file
// by path, each delivery becomes a line of the log.
import crypto from "node:crypto";
import fs from "node:fs";
import http from "node:http";

const [port, secrets, log] = process.argv.slice(2);

// BotPlot's sample: what it verifies is the parsed body, printed again.
function verifyWebhook(payload, signature, secret) {
  const expected = "sha256=" + crypto
    .createHmac("sha256", secret)
    .update(payload)
    .digest("hex");
  return crypto.timingSafeEqual(
    Buffer.from(signature),
    Buffer.from(expected)
  );
}

const DIALECTS = {
  botplot: (headers, body, secret) =>
    [headers["x-botplot-event"], verifyWebhook(JSON.stringify(JSON.parse(body)), headers["x-botplot-signature"], secret)],
  // HelpBot's sample.
  helpbot: (headers, rawBody, WEBHOOK_SECRET) => {
    const signature = headers["x-helpbot-signature"];
    const expected = "sha256=" +
      crypto.createHmac("sha256", WEBHOOK_SECRET)
        .update(rawBody)
        .digest("hex");
    return [headers["x-helpbot-event"], signature === expected];
  },
  conferbot: (headers, body, secret) => {
    const expected = crypto.createHmac("sha256", secret).update(body).digest("hex");
    return [headers["x-webhook-event"], headers["x-webhook-signature"] === expected];
  },
};

http
  .createServer((request, response) => {
    const pieces = [];
    request.on("data", (piece) => pieces.push(piece));
    request.on("end", () => {
      const dialect = request.url.slice(1);
      const secret = JSON.parse(fs.readFileSync(secrets, "utf8"))[dialect];
      let line = { dialect, event: null, ok: false };
      try {
        const [event, ok] = DIALECTS[dialect](request.headers, Buffer.concat(pieces).toString("utf8"), secret);
        line = { dialect, event, ok };
      } catch (error) {
        line.error = String(error);
      }
      fs.appendFileSync(log, JSON.stringify(line) + "\n");
      response.writeHead(200).end("OK");
    });
  })
  .listen(Number(port), "127.0.0.1");
