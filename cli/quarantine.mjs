#!/usr/bin/env node
// The sources run as they are: tsx compiles them while they load (docs/adr/0005-running-typescript.md).
import "tsx";

await import("./main.ts");
