import { readFileSync, writeFileSync } from "node:fs";
import { JSON_SCHEMA_FILE, rolloutJsonSchemaText } from "./json-schema";
import { withConfigurationTables } from "./readme-tables";

// `npm run schema`: writes what is derived from schema.ts. Tests say when it is stale.
writeFileSync(JSON_SCHEMA_FILE, rolloutJsonSchemaText());
writeFileSync("README.md", withConfigurationTables(readFileSync("README.md", "utf8")));
