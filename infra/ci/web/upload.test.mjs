// A large file goes from the console of a deployment to its bucket: under the policy that a deployment's console has,
// over TLS, to a server that plays S3 by the bucket's own CORS rule, which template.yaml has.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { BASE, bearer, call, closeBrowser, picture, screen, signedIn, tenant, until, visitor } from "./harness.mjs";

after(closeBrowser);

// The bucket and the region of the test of the policy: tests/it/routes/web/colloquy/files.rs.
const BUCKET = "files-1.s3.eu-west-1.amazonaws.com";
const SIZE = 5_000_000;

/** The one CORS rule of the bucket. */
const rule = () => {
  const template = readFileSync(new URL("../../../template.yaml", import.meta.url), "utf8");
  const found =
    /CorsRules:\s+- \{ AllowedMethods: \[(.*?)\], AllowedOrigins: \["(.*?)"\], AllowedHeaders: \[(.*?)\]/.exec(
      template,
    );
  assert.ok(found, "the bucket has a rule");
  const list = (/** @type {string | undefined} */ text) => (text ?? "").split(",").map((one) => one.trim());
  return { methods: list(found[1]), origin: found[2], headers: list(found[3]) };
};

/** @param {any} t @param {import("node:http").Server} server */
const listening = async (t, server) => {
  await new Promise((done) => server.listen(0, "127.0.0.1", () => done(undefined)));
  server.unref();
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return /** @type {any} */ (server.address()).port;
};

/** A bucket: what it was sent, and what it refused. @param {any} t */
const bucketOf = async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "bucket-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const ask = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", `/CN=${BUCKET}`];
  execFileSync("openssl", [...ask, "-keyout", key, "-out", cert], { stdio: "ignore" });
  /** @type {{ method?: string, key: string, bytes: number, headers: any }[]} */
  const came = [];
  const state = { came, expired: false, port: 0 };
  const { methods, origin, headers } = rule();
  const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (asked, answer) => {
    const url = new URL(asked.url ?? "", `https://${asked.headers.host}`);
    const refused = (/** @type {string} */ code) => {
      asked.resume();
      answer.writeHead(403, { "content-type": "application/xml", "access-control-allow-origin": origin });
      answer.end(`<Error><Code>${code}</Code></Error>`);
    };
    if (asked.method === "OPTIONS") {
      // S3 answers a preflight by the first rule that has all of what is asked for, and refuses it otherwise.
      const wanted = String(asked.headers["access-control-request-headers"] ?? "");
      const names = wanted.split(",").map((one) => one.trim().toLowerCase());
      const allowed = names.every((one) => !one || headers.includes(one));
      if (!methods.includes(String(asked.headers["access-control-request-method"])) || !allowed)
        return refused("AccessForbidden");
      answer.writeHead(200, {
        "access-control-allow-origin": origin,
        "access-control-allow-methods": methods.join(", "),
        "access-control-allow-headers": wanted,
      });
      return answer.end();
    }
    if (state.expired) return refused("AccessDenied");
    // The length is signed: another one has another signature.
    if (asked.headers["content-length"] !== url.searchParams.get("signed-length"))
      return refused("SignatureDoesNotMatch");
    let bytes = 0;
    asked.on("data", (part) => {
      bytes += part.length;
    });
    asked.on("end", () => {
      came.push({ method: asked.method, key: url.pathname, bytes, headers: asked.headers });
      answer.writeHead(200, { "access-control-allow-origin": origin, etag: '"1"' });
      answer.end();
    });
  });
  state.port = await listening(t, /** @type {any} */ (server));
  return state;
};

/**
 * The platform as a deployment would be: its console may send files to `allowed`, and its announcements name the bucket.
 *
 * @param {any} t
 * @param {string} allowed
 */
const deployment = async (t, allowed) => {
  const platform = new URL(BASE ?? "");
  const server = createServer((asked, answer) => {
    const { "accept-encoding": _, ...headers } = asked.headers;
    const passed = request(
      { host: platform.hostname, port: platform.port, path: asked.url, method: asked.method, headers },
      (came) => {
        /** @type {Buffer[]} */
        const parts = [];
        came.on("data", (part) => parts.push(part));
        came.on("end", () => {
          const { "content-length": __, ...given } = came.headers;
          let body = Buffer.concat(parts);
          const policy = String(given["content-security-policy"] ?? "");
          if (asked.url === "/console") {
            assert.match(policy, /connect-src 'self';/);
            given["content-security-policy"] = policy.replace(
              "connect-src 'self'",
              `connect-src 'self' ${allowed}`.trim(),
            );
          }
          if (asked.url === "/api/v1/sources/file" && body.includes("upload")) {
            const made = JSON.parse(body.toString());
            made.upload.url = `https://${BUCKET}/chatbot/source?X-Amz-Signature=1&signed-length=${SIZE}`;
            made.upload.headers = {};
            body = Buffer.from(JSON.stringify(made));
          }
          answer.writeHead(came.statusCode ?? 500, given);
          answer.end(body);
        });
      },
    );
    passed.on("error", () => answer.destroy());
    asked.pipe(passed);
  });
  return `http://127.0.0.1:${await listening(t, server)}`;
};

/** Adds a large file in the console at `base`. @param {any} page @param {any} owner @param {string} base */
const sent = async (page, owner, base) => {
  await signedIn(page, owner, "knowledge", base);
  await screen(page, "knowledge", "Knowledge");
  await page.getByRole("button", { name: "Add a file" }).click();
  const path = join(tmpdir(), `${process.pid}-large.txt`);
  writeFileSync(path, `# Harbour\n\nThe harbour is quiet.\n`.padEnd(SIZE, "\n"));
  await page.locator("dialog input[type=file]").setInputFiles(path);
  await page.getByRole("button", { name: "Read it" }).click();
};

/** @param {any} owner */
const sources = async (owner) => (await call("GET", "/api/v1/knowledge", undefined, bearer(owner.secret))).data.sources;

test("a large file goes to the bucket of a deployment, under its policy and by its CORS rule", async (t) => {
  const bucket = await bucketOf(t);
  const base = await deployment(t, `https://${BUCKET}`);
  const owner = await tenant("Harbour Coffee");
  const page = await visitor(t, {
    ignoreHTTPSErrors: true,
    resolve: `MAP ${BUCKET} 127.0.0.1:${bucket.port}`,
    expected: ["status of 403"],
  });
  await sent(page, owner, base);
  await page.getByRole("row", { name: /large\.txt/ }).waitFor();
  assert.deepEqual(
    bucket.came.map(({ method, key, bytes }) => ({ method, key, bytes })),
    [{ method: "PUT", key: "/chatbot/source", bytes: SIZE }],
  );
  const { headers } = bucket.came[0] ?? {};
  assert.equal(headers.cookie, undefined, "the session is told to no bucket");
  assert.equal(headers["x-colloquy-scope"], undefined);
  assert.equal(headers.referer, undefined);

  // An address that is no longer valid: it says so, and no source is left that waits for its file.
  bucket.expired = true;
  await page.getByRole("button", { name: "Add a file" }).click();
  await page.locator("dialog input[type=file]").setInputFiles(join(tmpdir(), `${process.pid}-large.txt`));
  await page.getByRole("button", { name: "Read it" }).click();
  await page.getByRole("alert").getByText("The file was not taken (403). Try again.").waitFor();
  await picture(page, "console-file-refused");
  await until("one source is left", async () => (await sources(owner)).length === 1);
});

test("a bucket that the policy does not name gets nothing, and the console says that it could not be sent", async (t) => {
  const bucket = await bucketOf(t);
  const base = await deployment(t, "https://another.s3.eu-west-1.amazonaws.com");
  const owner = await tenant("Harbour Coffee");
  const page = await visitor(t, {
    ignoreHTTPSErrors: true,
    resolve: `MAP ${BUCKET} 127.0.0.1:${bucket.port}`,
    expected: ["Content Security Policy", "Fetch API cannot load"],
  });
  await sent(page, owner, base);
  await page.getByRole("alert").getByText("The file could not be sent.").waitFor();
  assert.deepEqual(bucket.came, []);
  await until("no source is left", async () => (await sources(owner)).length === 0);
});
