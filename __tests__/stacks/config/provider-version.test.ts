import { isSupportedProviderVersion } from "../../../stacks/config/provider-version";

test.each([
  "6.25.0",
  "= 6.25.0",
  "5.100.0",
  "~> 6.0",
  "~> 5.100.0",
  ">= 5.100.0, < 7.0.0",
  ">= 5.100, <= 6.99.0",
])("%s is within what the stacks are written for", (constraint) => {
  expect(isSupportedProviderVersion(constraint)).toBe(true);
});

test.each([
  "",
  "4.0.0",
  "7.0.0",
  "5.99.9",
  "~> 7.0",
  "~> 6",
  ">= 5.100.0",
  "< 7.0.0",
  ">= 4.0.0, < 7.0.0",
  ">= 6.0.0, < 8.0.0",
  ">>>,,,",
  "6.x",
  "!= 6.0.0",
])("%s is not", (constraint) => {
  expect(isSupportedProviderVersion(constraint)).toBe(false);
});
