import { readFileSync } from "node:fs";
import path from "node:path";
import { REVIEW_SCHEMA_FILE, reviewJsonSchemaText } from "../../../cli/review/json-schema";

test("the committed schema of --json is that of the code (npm run schema)", () => {
  const file = path.join(__dirname, "../../..", REVIEW_SCHEMA_FILE);

  expect(readFileSync(file, "utf8")).toBe(reviewJsonSchemaText());
});
