const cachedBytes = 128 * 1024;
const directBytes = 1024 * 1024;
/** WebAssembly's memory is counted in these. */
const pageBytes = 64 * 1024;

/**
 * One buffer for each thread, for whoever uses it up before anybody else has the thread. It is so small that its
 * bytes stay in the core's own cache while they are read, hashed and written: with 1 MiB a copy takes 1.4 times as long.
 */
export const readBuffer = Buffer.alloc(cachedBytes);

/**
 * A buffer of 1 MiB for reading past the page cache, where each read waits for the medium. It starts at a page, which
 * the system asks for; Node's own buffers do not.
 */
export function directBuffer(): Buffer {
  return Buffer.from(new WebAssembly.Memory({ initial: directBytes / pageBytes }).buffer);
}
