import { readFileSync, writeFileSync } from "node:fs";
import { CONFIGURATION_DOCUMENT, withConfigurationTables } from "./configuration-tables";
import { JSON_SCHEMA_FILE, rolloutJsonSchemaText } from "./json-schema";

// `npm run schema`: writes what is derived from schema.ts. Tests say when it is stale.
writeFileSync(JSON_SCHEMA_FILE, rolloutJsonSchemaText());
writeFileSync(CONFIGURATION_DOCUMENT, withConfigurationTables(readFileSync(CONFIGURATION_DOCUMENT, "utf8")));
