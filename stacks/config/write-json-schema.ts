import { writeFileSync } from "node:fs";
import { JSON_SCHEMA_FILE, rolloutJsonSchema } from "./json-schema";

writeFileSync(JSON_SCHEMA_FILE, rolloutJsonSchema());
