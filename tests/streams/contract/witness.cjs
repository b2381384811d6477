// Loaded into Prism before anything else (`node --require`): writes down each of its answers, and lets it speak to this machine only.
//
// Prism answers a wrong request, or a wrong answer of the server behind it, to the client alone: its own log has no reasons. A line of
// JSON for each answer goes into the file that LOWPOINT_WITNESS names, before the answer is sent: whoever has the answer finds the line.
"use strict";
const fs = require("fs");
const http = require("http");
const net = require("net");

const tell = (line) => fs.appendFileSync(process.env.LOWPOINT_WITNESS, JSON.stringify(line) + "\n");

const end = http.ServerResponse.prototype.end;
http.ServerResponse.prototype.end = function (body, ...rest) {
  const problem = String(this.getHeader("content-type")).startsWith("application/problem+json");
  tell({
    method: this.req.method,
    path: this.req.url.split("?")[0], // a query may hold a phone number
    status: this.statusCode,
    violations: this.getHeader("sl-violations") ?? null,
    problem: problem ? String(body) : null,
  });
  return end.call(this, body, ...rest);
};

const HERE = new Set(["127.0.0.1", "::1", "localhost"]);
const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...given) {
  const first = Array.isArray(given[0]) ? given[0][0] : given[0]; // as net.connect() hands them on
  const to = typeof first === "object" ? first : typeof first === "number" ? { host: given[1] } : { path: first };
  const host = typeof to.host === "string" ? to.host : "localhost";
  if (to.path || HERE.has(host)) return connect.apply(this, given);
  tell({ refused: host });
  process.nextTick(() => this.destroy(new Error(`witness.cjs: no connection to ${host}: it is not this machine`)));
  return this;
};
