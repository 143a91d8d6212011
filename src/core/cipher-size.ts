/** rclone crypt's file format (its documentation, "File encryption"): a header, then blocks each with its own check. */
const headerBytes = 32;
const blockBytes = 64 * 1024;
const checkBytes = 16;

/** How large a file is once it is encrypted. */
export function cipherSize(plainBytes: number): number {
  return headerBytes + plainBytes + Math.ceil(plainBytes / blockBytes) * checkBytes;
}

/** How large the file was that was encrypted; null where no file's encrypted form has this size. */
export function plainSize(cipherBytes: number): number | null {
  const body = cipherBytes - headerBytes;
  if (body < 0) return null;
  const plain = body - Math.ceil(body / (blockBytes + checkBytes)) * checkBytes;
  return plain >= 0 && cipherSize(plain) === cipherBytes ? plain : null;
}
