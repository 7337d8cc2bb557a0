import { parseRollout } from "../../stacks/config/load";
import { SAMPLE_YAML } from "../support/stacks/sample";
import { synthesize } from "../support/stacks/synthesize";

test("the same configuration synthesizes to the same bytes in every folder", () => {
  const rollout = parseRollout("rollout.yaml", SAMPLE_YAML, "/project");

  const first = synthesize(rollout);
  const second = synthesize(rollout);

  expect(Object.keys(second)).toEqual(["security", "sandbox", "payments", "research", "legacy"]);
  for (const [name, { text }] of Object.entries(first)) {
    expect(second[name]?.text).toBe(text);
  }
});

test("renaming an account changes neither its state nor one address in it", () => {
  const before = synthesize(parseRollout("rollout.yaml", SAMPLE_YAML, "/project"));
  const after = synthesize(
    parseRollout("rollout.yaml", SAMPLE_YAML.replace("name: payments", "name: billing"), "/project"),
  );

  const addresses = (stack: (typeof before)[string] | undefined) =>
    Object.entries(stack?.json.resource ?? {}).flatMap(([type, all]) =>
      Object.keys(all).map((id) => `${type}.${id}`),
    );
  expect(addresses(after["billing"])).toEqual(addresses(before["payments"]));
  expect(after["billing"]?.json.terraform["backend"]).toEqual(before["payments"]?.json.terraform["backend"]);
});

test("no stack refers to anything outside itself", () => {
  const stacks = synthesize(parseRollout("rollout.yaml", SAMPLE_YAML, "/project"));

  for (const { text, json } of Object.values(stacks)) {
    const references = [...text.matchAll(/\$\{(aws_\w+)\.([\w-]+)\./g)];
    expect(references.length).toBeGreaterThan(0);
    for (const [, type = "", id = ""] of references) {
      expect(json.resource[type]).toHaveProperty([id]);
    }
    expect(text).not.toContain("terraform_remote_state");
  }
});
