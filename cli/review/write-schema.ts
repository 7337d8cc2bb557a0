import { writeFileSync } from "node:fs";
import { REVIEW_SCHEMA_FILE, reviewJsonSchemaText } from "./json-schema";

// Part of `npm run schema`. A test says when the file is stale.
writeFileSync(REVIEW_SCHEMA_FILE, reviewJsonSchemaText());
