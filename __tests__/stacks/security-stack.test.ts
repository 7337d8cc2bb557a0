import { SAMPLE_YAML } from "../support/stacks/sample";
import { resources, synthesizeYaml } from "../support/stacks/synthesize";

const { security } = synthesizeYaml(SAMPLE_YAML);
const parsed = (json: unknown): unknown => JSON.parse(String(json));

describe("the stack of the security account", () => {
  test("is what was reviewed", () => {
    expect(security?.json).toMatchSnapshot();
  });

  test("opens the bus to the organization's forwarding roles and to nobody else", () => {
    const [policy] = resources(security, "aws_cloudwatch_event_bus_policy");

    expect(parsed(policy?.["policy"])).toMatchObject({
      Statement: [
        {
          Effect: "Allow",
          Action: "events:PutEvents",
          Resource: "arn:aws:events:us-east-1:111122223333:event-bus/security-events",
          Condition: {
            StringEquals: { "aws:PrincipalOrgID": "o-exampleorgid" },
            ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/security-response-forwarding" },
          },
        },
      ],
    });
  });

  test("archives the bus for as long as configured", () => {
    expect(resources(security, "aws_cloudwatch_event_archive")).toMatchObject([{ retention_days: 30 }]);
  });

  test("keeps every forwarded event in the audit log for as long as configured", () => {
    expect(resources(security, "aws_cloudwatch_log_group")).toMatchObject([
      { name: "/aws/events/security-events", retention_in_days: 731 },
    ]);
    expect(resources(security, "aws_cloudwatch_event_target")).toContainEqual(
      expect.objectContaining({
        target_id: "audit-log",
        arn: expect.stringContaining("aws_cloudwatch_log_group."),
      }),
    );
  });

  test("turns outcomes into a readable message on its own topic", () => {
    const targets = resources(security, "aws_cloudwatch_event_target");
    const [outcomes] = targets.filter((target) => JSON.stringify(target).includes("responsePayload.summary"));

    expect(outcomes).toMatchObject({
      arn: expect.stringContaining("aws_sns_topic."),
      input_transformer: { input_template: expect.stringContaining("<summary>") },
    });
  });

  test("lets alarms of this account and EventBridge use the topic's key", () => {
    const [key] = resources(security, "aws_kms_key");

    expect(parsed(key?.["policy"])).toMatchObject({
      Statement: [
        { Sid: "AccountAdministers", Principal: { AWS: "arn:aws:iam::111122223333:root" } },
        {
          Principal: { Service: "cloudwatch.amazonaws.com" },
          Condition: { StringEquals: { "aws:SourceAccount": "111122223333" } },
        },
        { Principal: { Service: "events.amazonaws.com" } },
      ],
    });
  });

  test("names every value its message uses, and uses every value it names", () => {
    for (const target of resources(security, "aws_cloudwatch_event_target")) {
      const transformer = target["input_transformer"] as
        { input_paths: Record<string, string>; input_template: string } | undefined;
      if (transformer !== undefined) {
        const used = [...transformer.input_template.matchAll(/<(\w+)>/g)].map(([, name]) => name);
        expect(new Set(used)).toEqual(new Set(Object.keys(transformer.input_paths)));
      }
    }
    expect.assertions(2);
  });
});
