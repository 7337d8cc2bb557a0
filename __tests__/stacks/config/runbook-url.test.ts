import { parseRollout } from "../../../stacks/config/load";
import { SAMPLE_YAML } from "../../support/stacks/sample";

const parse = (url: string) =>
  parseRollout("rollout.yaml", `${SAMPLE_YAML}runbookUrl: "${url}"\n`, "/").runbookUrl;

test("the address of the runbook is taken as it is", () => {
  const url = "https://wiki.example.com/quarantine/runbook.md";

  expect(parse(url)).toBe(url);
});

test.each([
  ["a fragment", "https://wiki.example.com/r#top"],
  ["a query", "https://wiki.example.com/r?page=1"],
  ["another scheme", "http://wiki.example.com/r"],
  ["201 characters", `https://${"a".repeat(193)}`],
])("one with %s is a mistake", (_, url) => {
  expect(() => parse(url)).toThrow(/runbookUrl[^]*https URL of a page/);
});

test("below securityAccount.channels there is no such key any more", () => {
  const yaml = SAMPLE_YAML.replace(
    "archiveRetentionDays: 30\n",
    "archiveRetentionDays: 30\n  channels: { runbookUrl: https://wiki.example.com/r }\n",
  );

  expect(() => parseRollout("rollout.yaml", yaml, "/")).toThrow("runbookUrl");
});
