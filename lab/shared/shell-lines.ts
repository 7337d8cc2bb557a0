type Environment = Readonly<Record<string, string | undefined>>;

/** Lines that give a shell these variables, and take away those that are undefined. */
export function shellLines(environment: Environment): string[] {
  const unset = Object.keys(environment).filter((name) => environment[name] === undefined);
  const set = Object.entries(environment).filter(([, value]) => value !== undefined);
  return [
    ...(unset.length === 0 ? [] : [`unset ${unset.join(" ")}`]),
    ...set.map(([name, value = ""]) => `export ${name}='${value.replaceAll("'", "'\\''")}'`),
  ];
}
