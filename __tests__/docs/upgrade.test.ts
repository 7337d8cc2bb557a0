import { documentSection } from "../support/document-section";
import { loadFixture } from "../support/load-fixture";
import { synthesizeYaml } from "../support/stacks/synthesize";

/** One account that enforces, with default settings. */
const app = synthesizeYaml(`
organizationId: o-exampleorgid
securityAccount: { id: "111122223333" }
waves: [production]
accounts: [{ name: account, id: "777788889999", wave: production }]
`);

const deployed = (stack: string) =>
  Object.entries(app[stack]?.json.resource ?? {}).flatMap(([type, resources]) =>
    Object.keys(resources).map((id) => `${type}.${id}`),
  );

test("the document says how many resources an upgrade from the last release creates and destroys", () => {
  const released = loadFixture("versions/0.2.0") as Record<string, readonly string[]>;
  const counted = ["account", "security"].map((stack) => {
    const [before, after] = [released[stack] ?? [], deployed(stack)];
    const created = after.filter((address) => !before.includes(address)).length;
    const destroyed = before.filter((address) => !after.includes(address)).length;
    return `${created} created, ${destroyed} destroyed`;
  });

  const rows = documentSection("upgrade.md", "plans").split("\n").slice(2);
  const cells = rows.map((row) => row.split("|").map((cell) => cell.trim()));

  expect(cells).toEqual([["", "0.2.0", "Unreleased", ...counted, ""]]);
});
