import {
  AccountNotFoundException,
  DescribeAccountCommand,
  DescribeOrganizationCommand,
  ListAccountsForParentCommand,
  ListOrganizationalUnitsForParentCommand,
  ListRootsCommand,
  OrganizationsClient,
  TooManyRequestsException,
  type Account,
} from "@aws-sdk/client-organizations";
import { mockClient } from "aws-sdk-client-mock";
import { awsOrganizations } from "../../../cli/organizations/aws-api";
import { explainError } from "../../../cli/organizations/explain-error";
import { listAccounts } from "../../../cli/organizations/list-accounts";
import type { OrganizationsApi } from "../../../cli/organizations/organization";

const ROOT = "r-ab12";
const aws = mockClient(OrganizationsClient);
let api: OrganizationsApi;

beforeEach(async () => {
  aws.reset();
  aws.on(ListRootsCommand).resolves({ Roots: [{ Id: ROOT }] });
  aws.on(ListOrganizationalUnitsForParentCommand).resolves({ OrganizationalUnits: [] });
  aws.on(ListAccountsForParentCommand).resolves({ Accounts: [] });
  api = await awsOrganizations(new OrganizationsClient({ region: "us-east-1" }));
});

function account(Id: string, rest: Account = { State: "ACTIVE" }): Account {
  return { Id, Name: `name of ${Id}`, ...rest };
}

test("says which organization it is, and which account manages it", async () => {
  const Organization = { Id: "o-exampleorgid", MasterAccountId: "123456789012" };
  aws.on(DescribeOrganizationCommand).resolves({ Organization });

  expect(await api.describe()).toEqual({ id: "o-exampleorgid", managementAccountId: "123456789012" });
});

test("reads every page, also after an empty one", async () => {
  const page = (NextToken?: string) => ({ ParentId: ROOT, ...(NextToken !== undefined && { NextToken }) });
  aws
    .on(ListAccountsForParentCommand, page())
    .resolves({ Accounts: [account("444455556666")], NextToken: "2" })
    .on(ListAccountsForParentCommand, page("2"))
    .resolves({ Accounts: [], NextToken: "3" })
    .on(ListAccountsForParentCommand, page("3"))
    .resolves({ Accounts: [account("777788889999")] })
    .on(ListAccountsForParentCommand, { ParentId: "ou-2" })
    .resolves({ Accounts: [account("555566667777")] });
  aws
    .on(ListOrganizationalUnitsForParentCommand, page())
    .resolves({ OrganizationalUnits: [{ Id: "ou-1", Name: "One" }], NextToken: "2" })
    .on(ListOrganizationalUnitsForParentCommand, page("2"))
    .resolves({ OrganizationalUnits: [{ Id: "ou-2", Name: "Two" }] });

  const accounts = await listAccounts(api);

  expect(accounts.map(({ id, ouPath }) => [id, ouPath])).toEqual([
    ["444455556666", "/"],
    ["777788889999", "/"],
    ["555566667777", "/Two"],
  ]);
});

test.each<[Account, string]>([
  [{ State: "CLOSED", Status: "SUSPENDED" }, "CLOSED"],
  [{ State: "PENDING_ACTIVATION" }, "PENDING_ACTIVATION"],
  [{ Status: "SUSPENDED" }, "SUSPENDED"],
])("the state of %j is %s", async (rest, state) => {
  aws.on(ListAccountsForParentCommand).resolves({ Accounts: [account("444455556666", rest)] });

  expect(await api.accountsIn(ROOT)).toEqual([expect.objectContaining({ state })]);
});

test("an account without any state is not guessed to be active", async () => {
  aws.on(ListAccountsForParentCommand).resolves({ Accounts: [account("444455556666", {})] });

  await expect(api.accountsIn(ROOT)).rejects.toThrow("answered ListAccountsForParent without State");
});

test("distinguishes a missing account from one that may not be read", async () => {
  const gone = new AccountNotFoundException({ message: "no such account", $metadata: {} });
  aws.on(DescribeAccountCommand, { AccountId: "444455556666" }).rejects(gone);
  aws.on(DescribeAccountCommand, { AccountId: "777788889999" }).rejects(new Error("denied"));

  expect(await api.account("444455556666")).toBeUndefined();
  await expect(api.account("777788889999")).rejects.toThrow("denied");
});

test("throttling that outlasts the SDK's retries ends the listing and is explained", async () => {
  const throttled = new TooManyRequestsException({ message: "Rate exceeded", $metadata: {} });
  aws.on(ListAccountsForParentCommand).rejects(throttled);

  const error = await listAccounts(api).catch(explainError);

  expect(error).toMatchObject({
    name: "CommandError",
    message: expect.stringMatching(
      /TooManyRequestsException: Rate exceeded\nStill throttled after 10 attempts/,
    ),
    cause: throttled,
  });
});

test.each([
  [
    "InvalidSignatureException",
    "Signature expired: 20261124T120000Z is now earlier than 20261124T122000Z",
    true,
  ],
  ["SignatureDoesNotMatch", "Signature not yet current: 20261124T130000Z is still later than", true],
  [
    "RequestTimeTooSkewed",
    "The difference between the request time and the current time is too large.",
    true,
  ],
  ["SignatureDoesNotMatch", "The request signature we calculated does not match", false],
])("%s: %s: the clock is wrong: %s", (name, message, isClock) => {
  const refused = Object.assign(new Error(message), { name, $metadata: {} });

  const explained = explainError(refused) as Error;

  expect(explained.message).toContain(`${name}: ${message}`);
  expect(explained.message.includes("set the clock of this machine")).toBe(isClock);
});
