/** An error as the SDK throws it for an IAM error code: with the suffix `Exception` and the HTTP status. */
export function iamError(code: string, message: string, httpStatusCode = 400): Error {
  return Object.assign(new Error(message), { name: `${code}Exception`, $metadata: { httpStatusCode } });
}

export const noSuchUser = (name: string): Error =>
  iamError("NoSuchEntity", `The user with name ${name} cannot be found.`, 404);
