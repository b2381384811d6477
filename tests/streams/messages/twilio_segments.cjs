// Reads a text as a JSON string on each line; writes how many segments Twilio's own counter finds, and in which alphabet: "2 UCS-2".
// The first argument is the folder of the package. Smart encoding, which changes letters before they are counted, is off.
"use strict";
const { SegmentedMessage } = require(process.argv[2]);

const lines = require("fs").readFileSync(0, "utf8").split("\n").slice(0, -1);
for (const line of lines) {
  const message = new SegmentedMessage(JSON.parse(line), "auto", false);
  process.stdout.write(`${message.segmentsCount} ${message.encodingName}\n`);
}
