/** WebAssembly's memory is counted in these. */
const pageBytes = 64 * 1024;

const bufferBytes = 1024 * 1024;

/**
 * One buffer of 1 MiB for each thread, which does one thing at a time. WebAssembly's memory starts at a page,
 * which is what reading past the cache asks for; Node's own buffers do not.
 */
export const readBuffer = Buffer.from(new WebAssembly.Memory({ initial: bufferBytes / pageBytes }).buffer);
