import { readFileSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const LOCK = '.setup-lock';
const POLL_MS = 200;
const GIVE_UP_MS = 20 * 60_000;

/**
 * Runs `work` while no other set-up of this folder does, waiting for one that is at it. The lock is a
 * symbolic link that points to its owner: made in one step, so that it is never without one.
 */
export async function withSetupLock(work) {
  const owner = ownerOf(process.pid);
  await acquire(owner);
  try {
    return await work();
  } finally {
    if (currentOwner() === owner) rmSync(LOCK, { force: true });
  }
}

async function acquire(owner) {
  const deadlineMs = Date.now() + GIVE_UP_MS;
  for (let said = false; !tryLock(owner); ) {
    if (breakStale()) continue;
    if (!said) console.error('Another set-up of this folder is at work; waiting for it …');
    said = true;
    if (Date.now() > deadlineMs) throw new Error(`the other set-up does not end (or remove ${LOCK})`);
    await sleep(POLL_MS);
  }
}

function tryLock(owner) {
  try {
    symlinkSync(owner, LOCK);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Two that break the same stale lock at the same instant are not kept apart: it takes microseconds. */
function breakStale() {
  const owner = currentOwner();
  if (owner === undefined || isAlive(owner)) return false;
  rmSync(LOCK, { force: true });
  return true;
}

function currentOwner() {
  try {
    return readlinkSync(LOCK);
  } catch {
    return undefined;
  }
}

/** A process id alone may belong to somebody else by now: the time of its start goes with it. */
function ownerOf(pid) {
  return `${pid}-${startTime(pid)}`;
}

function isAlive(owner) {
  const pid = Number.parseInt(owner, 10);
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code !== 'EPERM') return false;
  }
  return ownerOf(pid) === owner;
}

function startTime(pid) {
  try {
    const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1) ?? '';
    return afterName.split(' ')[19] ?? '0';
  } catch {
    return '0';
  }
}
