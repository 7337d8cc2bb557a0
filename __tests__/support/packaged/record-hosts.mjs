// Loaded before a packaged function: sends what would go over TLS to a stub instead, and writes down where it
// would have gone.
import { appendFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";

https.request = (options, onAnswer) => {
  const { host, headers } = options;
  const [, region, service] = /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\//.exec(headers.authorization) ?? [];
  appendFileSync(process.env.HOSTS_FILE, `${service} ${region} ${host}\n`);
  return http.request({ ...options, host: "127.0.0.1", port: process.env.STUB_PORT, agent: false }, onAnswer);
};
