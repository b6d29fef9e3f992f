// An AI backend over HTTP/2 that resets its streams: before the answer's head where the path begins with /before,
// after its first text where it begins with /after, never where it begins with /whole.
//
// node http2.mjs PORT KEY.pem CERTIFICATE.pem
import { readFileSync } from "node:fs";
import { constants, createSecureServer } from "node:http2";
import { crc32 } from "node:zlib";

const [port, key, cert] = process.argv.slice(2);
const TEXT = "We are open";

/** A frame of Bedrock's event stream. */
function frame(type, payload) {
  const named = { ":message-type": "event", ":event-type": type, ":content-type": "application/json" };
  const headers = Buffer.concat(
    Object.entries(named).map(([name, value]) => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(value.length);
      return Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from([7]), length, Buffer.from(value)]);
    }),
  );
  const body = Buffer.from(JSON.stringify(payload));
  const all = Buffer.alloc(16 + headers.length + body.length);
  all.writeUInt32BE(all.length, 0);
  all.writeUInt32BE(headers.length, 4);
  all.writeUInt32BE(crc32(all.subarray(0, 8)), 8);
  headers.copy(all, 12);
  body.copy(all, 12 + headers.length);
  all.writeUInt32BE(crc32(all.subarray(0, all.length - 4)), all.length - 4);
  return all;
}

const event = (name, data) => `event: ${name}\ndata: ${JSON.stringify({ type: name, ...data })}\n\n`;
const chunk = (delta, reason) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`;

/** What each wire sends first, and what ends it. */
const wires = {
  chat: ["text/event-stream", chunk({ content: TEXT }, null), chunk({}, "stop") + "data: [DONE]\n\n"],
  messages: [
    "text/event-stream",
    event("message_start", { message: { usage: { input_tokens: 1 } } }) +
      event("content_block_start", { index: 0, content_block: { type: "text", text: "" } }) +
      event("content_block_delta", { index: 0, delta: { type: "text_delta", text: TEXT } }),
    event("content_block_stop", { index: 0 }) +
      event("message_delta", { delta: { stop_reason: "end_turn" }, usage: { output_tokens: 3 } }) +
      event("message_stop", {}),
  ],
  model: [
    "application/vnd.amazon.eventstream",
    Buffer.concat([
      frame("messageStart", { role: "assistant" }),
      frame("contentBlockDelta", { contentBlockIndex: 0, delta: { text: TEXT } }),
    ]),
    Buffer.concat([
      frame("contentBlockStop", { contentBlockIndex: 0 }),
      frame("messageStop", { stopReason: "end_turn" }),
      frame("metadata", { usage: { inputTokens: 1, outputTokens: 3, totalTokens: 4 } }),
    ]),
  ],
};

const server = createSecureServer({ key: readFileSync(key), cert: readFileSync(cert) });
server.on("stream", (stream, headers) => {
  const path = headers[":path"];
  const [type, first, rest] = wires[Object.keys(wires).find((wire) => path.includes(`/${wire}`))];
  stream.on("error", () => {});
  stream.resume();
  stream.on("end", () => {
    console.log(path);
    if (path.startsWith("/before")) return stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    stream.respond({ ":status": 200, "content-type": type });
    stream.write(first);
    // A moment later, so that the first text is on its way.
    setTimeout(() => {
      if (path.startsWith("/after")) return stream.close(constants.NGHTTP2_INTERNAL_ERROR);
      stream.end(rest);
    }, 300);
  });
});
server.listen(Number(port), "127.0.0.1");
