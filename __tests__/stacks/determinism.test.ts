import { parseRollout } from "../../stacks/config/load";
import { SAMPLE_YAML } from "../support/stacks/sample";
import { synthesize, synthesizeYaml } from "../support/stacks/synthesize";

const sample = synthesizeYaml(SAMPLE_YAML);

test("the same configuration synthesizes to the same bytes in every folder", () => {
  const second = synthesize(parseRollout("rollout.yaml", SAMPLE_YAML, "/project"));

  expect(Object.keys(second)).toEqual(["security", "sandbox", "payments", "research", "legacy"]);
  for (const [name, { text }] of Object.entries(sample)) {
    expect(second[name]?.text).toBe(text);
  }
});

test("renaming an account changes neither its state nor one address in it", () => {
  const after = synthesizeYaml(SAMPLE_YAML.replace("name: payments", "name: billing"));

  const addresses = (stack: (typeof sample)[string] | undefined) =>
    Object.entries(stack?.json.resource ?? {}).flatMap(([type, all]) =>
      Object.keys(all).map((id) => `${type}.${id}`),
    );
  expect(addresses(after["billing"])).toEqual(addresses(sample["payments"]));
  expect(after["billing"]?.json.terraform["backend"]).toEqual(sample["payments"]?.json.terraform["backend"]);
});

test("no stack refers to anything outside itself", () => {
  for (const { text, json } of Object.values(sample)) {
    const references = [...text.matchAll(/\$\{(aws_\w+)\.([\w-]+)\./g)];
    expect(references.length).toBeGreaterThan(0);
    for (const [, type = "", id = ""] of references) {
      expect(json.resource[type]).toHaveProperty([id]);
    }
    expect(text).not.toContain("terraform_remote_state");
  }
});
