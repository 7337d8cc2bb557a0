import { readFileSync } from "node:fs";
import path from "node:path";
import { CONFIGURATION_DOCUMENT, withConfigurationTables } from "../../../stacks/config/configuration-tables";
import {
  JSON_SCHEMA_FILE,
  rolloutJsonSchema,
  rolloutJsonSchemaText,
  type JsonSchema,
} from "../../../stacks/config/json-schema";

const PROJECT = path.join(__dirname, "../../..");

function read(file: string): string {
  return readFileSync(path.join(PROJECT, file), "utf8");
}

test("the JSON Schema for editors is current: npm run schema writes it", () => {
  expect(read(JSON_SCHEMA_FILE)).toBe(rolloutJsonSchemaText());
});

describe("the tables of the configuration", () => {
  const document = read(CONFIGURATION_DOCUMENT);

  test("are current: npm run schema writes them", () => {
    expect(document).toBe(withConfigurationTables(document));
  });

  test("name every kind of key, with its meaning and its default", () => {
    const rows = document.split("\n").map((line) => line.replace(/ +/g, " "));

    expect(rows).toContainEqual(expect.stringMatching(/^\| `organizationId` \| .* \| required \|$/));
    expect(rows).toContainEqual(expect.stringMatching(/^\| `backend\.bucket` \| `s3`: .* \| required \|$/));
    expect(rows).toContainEqual(expect.stringMatching(/^\| `accounts\[\]\.wave` \| .* \| required \|$/));
    expect(rows).toContainEqual(expect.stringMatching(/^\| `mode` \| .* \| `enforce` \|$/));
    expect(rows).toContainEqual(
      expect.stringMatching(/^\| `trust\.creators\[\]\.arn` \| .* \| required \|$/),
    );
  });

  test("show nothing of the settings of an account twice", () => {
    expect(document).not.toContain("`accounts[].mode`");
    expect(document).not.toContain("`defaults.mode`");
  });

  test("leave the rest of the document alone", () => {
    const changed = document.replace(/^\| `mode`.*\n/m, "").replace("# Configuration", "# Settings");

    expect(withConfigurationTables(changed)).toBe(document.replace("# Configuration", "# Settings"));
  });

  test("have to have their place", () => {
    expect(() => withConfigurationTables("# A document\n")).toThrow(
      "docs/configuration.md: expected the comment <!-- organization: written by npm run schema -->, found none",
    );
  });
});

test("every key is described, except for the type of a backend", () => {
  expect(undescribedKeys(rolloutJsonSchema(), "")).toEqual(["backend.type", "backend.type", "backend.type"]);
});

function undescribedKeys(schema: JsonSchema, place: string): string[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const key = place === "" ? name : `${place}.${name}`;
    return [...(property.description === undefined ? [key] : []), ...undescribedKeys(property, key)];
  });
  const below = [...(schema.oneOf ?? []), ...(schema.items === undefined ? [] : [schema.items])];
  return [...own, ...below.flatMap((each) => undescribedKeys(each, place))];
}
