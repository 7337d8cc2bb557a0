import {
  AttachUserPolicyCommand,
  GetUserCommand,
  IAMClient,
  ListUserTagsCommand,
  TagUserCommand,
} from "@aws-sdk/client-iam";
import { userIdOf } from "../../../bench/aws-stub/answers";
import { AwsStub } from "../../../bench/aws-stub/aws-stub";

test("the SDK understands what the stub answers", async () => {
  const stub = new AwsStub({ callsPerSecond: 1 });
  const credentials = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "example" };
  const iam = new IAMClient({
    endpoint: await stub.listen(),
    region: "us-east-1",
    credentials,
    maxAttempts: 1,
  });
  const UserName = "mallory";
  const tag = { Key: "SecurityStatus", Value: "<QUARANTINED> & more" };

  await iam.send(
    new AttachUserPolicyCommand({ UserName, PolicyArn: "arn:aws:iam::111122223333:policy/Deny" }),
  );
  await iam.send(new TagUserCommand({ UserName, Tags: [tag] }));
  const { Tags } = await iam.send(new ListUserTagsCommand({ UserName }));
  const { User } = await iam.send(new GetUserCommand({ UserName }));
  const again = iam.send(new GetUserCommand({ UserName }));

  expect(Tags).toEqual([tag]);
  expect(User?.UserId).toBe(userIdOf(UserName));
  await expect(again).rejects.toThrow("Rate exceeded");
  expect(stub.answers.containedUsers()).toBe(1);
  expect(stub.arrivals.map(({ throttled }) => throttled)).toEqual([false, false, false, false, true]);
  iam.destroy();
  await stub.close();
});
