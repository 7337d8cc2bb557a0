// Loaded before the command line: every name leads to this machine.
import dns from "node:dns";

dns.lookup = (_name, options, onFound) =>
  options.all ? onFound(null, [{ address: "127.0.0.1", family: 4 }]) : onFound(null, "127.0.0.1", 4);
