import { lstatSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { OpenMVError } from '../errors.js';

/**
 * Makes sure that a link to a pty can be made at `path`, and clears away one that leads nowhere, as it stays behind when
 * a system stops.
 *
 * @throws {OpenMVError} `PORT_UNAVAILABLE` when something else is there, or the folder is not.
 */
export function claimLink(path: string): void {
  if (!statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory())
    throw unavailable(`the folder of ${path} does not exist: make it, or take another`);
  removeDangling(path);
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there?.isSymbolicLink())
    throw unavailable(
      `${path} already leads to ${readlinkSync(path)}: end the program that made it, or take another path`,
    );
  if (there) throw unavailable(`${path} is there already: take another path for the link`);
}

/** Tells whether the link is there. */
export function isLinked(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

/** Removes `path` if it is a link to a pty that is gone. */
export function removeDangling(path: string): void {
  if (!isLinked(path) || statSync(path, { throwIfNoEntry: false })) return;
  if (readlinkSync(path).startsWith('/dev/pts/')) rmSync(path, { force: true });
}

function unavailable(message: string): OpenMVError {
  return new OpenMVError('PORT_UNAVAILABLE', message);
}
