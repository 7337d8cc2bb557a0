import { zipSync, type Zippable } from "fflate";

/**
 * The earliest time a zip can hold. Local time is what the format stores, so this is built from local fields.
 */
const FIXED_TIME = new Date(1980, 0, 1);

/** Regular file, readable by all: Lambda runs the code as a user other than its owner. */
const FILE_MODE = 0o100644 << 16;
const UNIX = 3;

/**
 * Zips files so that the same contents give the same bytes on every machine: entries sorted by name, with
 * fixed times and modes.
 *
 * @param files Contents by name in the zip.
 */
export function zipFiles(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const entries: Zippable = {};
  for (const name of Object.keys(files).sort()) {
    const content = files[name];
    if (content !== undefined) {
      entries[name] = [content, { mtime: FIXED_TIME, os: UNIX, attrs: FILE_MODE, level: 9 }];
    }
  }
  return zipSync(entries);
}
