/** Exit codes of every command; `quarantine --help` lists them. */
export const EXIT = {
  /** Done; nothing is left to do. */
  done: 0,
  /** Something failed or was not finished, output included; stderr or the output says what. */
  failed: 1,
  /** There are changes: `plan`, and `accounts import --check`. A quarantine has a gap: `status`.
   * Users would have been quarantined: `replay`. An account is not as configured: `review`. */
  changes: 2,
  /** The command line is wrong (EX_USAGE of sysexits.h). Nothing was done. */
  usage: 64,
  /** The configuration is wrong (EX_CONFIG). Nothing was done. */
  configuration: 78,
  /** Stopped by the operator. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_CODES_HELP = `
Exit codes:
  0    done
  1    something failed or was not finished, or its output could not be written
  2    there are changes (plan, accounts import --check), an account is not as configured (review), a quarantine
       has a gap (status), or users would have been quarantined (replay)
  64   the command line is wrong; nothing was done
  78   the configuration is wrong; nothing was done
  130  stopped by the operator`;
