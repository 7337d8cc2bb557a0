import { readMessage, type TerraformMessage } from "../../../cli/terraform/messages";
import { terraformMessages } from "../../support/cli/terraform-output";

const of = <T extends TerraformMessage["type"]>(type: T, messages: TerraformMessage[]) =>
  messages.filter((message): message is Extract<TerraformMessage, { type: T }> => message.type === type);

test("what a plan creates", () => {
  expect(terraformMessages("plan-create.jsonl")).toEqual([
    { type: "planned_change", change: { address: "terraform_data.alerts", action: "create" } },
    { type: "planned_change", change: { address: "terraform_data.responder", action: "create" } },
    { type: "change_summary", changes: { add: 2, change: 0, remove: 0 } },
  ]);
});

test("a replacement counts as added and as removed", () => {
  const messages = terraformMessages("plan-mixed.jsonl");

  expect(of("planned_change", messages).map(({ change }) => `${change.action} ${change.address}`)).toEqual([
    "update terraform_data.alerts",
    "create terraform_data.dead_letters",
    "replace terraform_data.responder",
  ]);
  expect(of("change_summary", messages)[0]?.changes).toEqual({ add: 2, change: 1, remove: 1 });
});

test("what a plan destroys", () => {
  const actions = of("planned_change", terraformMessages("plan-destroy.jsonl")).map(
    ({ change }) => change.action,
  );

  expect(actions).toEqual(["delete", "delete"]);
});

test("each resource that an apply has done", () => {
  expect(of("apply_complete", terraformMessages("apply.jsonl")).map(({ address }) => address)).toEqual([
    "terraform_data.alerts",
    "terraform_data.responder",
  ]);
});

test("an error, and the resource it is about", () => {
  const [denied] = of("diagnostic", terraformMessages("throttled-and-denied.jsonl").reverse());

  expect(denied?.diagnostic).toEqual({
    severity: "error",
    summary: expect.stringContaining("iam:CreatePolicy"),
    detail: "",
    address: "aws_iam_policy.quarantine",
  });
});

test.each([
  ["a message that is not used", '{"type":"version","terraform":"1.11.4"}'],
  ["a message of a later Terraform", '{"type":"hologram"}'],
  ["a known message that says something else", '{"type":"change_summary","changes":null}'],
  ["JSON of another program", "[1, 2]"],
  ["an empty line", "  "],
])("%s is left out", (_name, line) => {
  expect(readMessage(line)).toBeUndefined();
});

test.each(["Initializing the backend...", "panic: runtime error", '{"type":"diagnostic","diagn', "42"])(
  "%s is text",
  (line) => {
    expect(readMessage(line)).toEqual({ type: "text", text: line });
  },
);

test("text of others in a message cannot control a terminal", () => {
  const said = JSON.stringify({
    type: "diagnostic",
    diagnostic: { severity: "error", summary: "\u001b[2Jdone", detail: "Who: \u001b]0;x\u0007\nsecond line" },
  });

  const message = readMessage(said);

  expect(JSON.stringify(message)).not.toContain("u001b");
  expect(message).toMatchObject({ diagnostic: { detail: expect.stringContaining("\nsecond line") } });
  expect(readMessage("\u001b[31mcrash")).toEqual({ type: "text", text: "\uFFFD[31mcrash" });
});
