/** The end of the process, at once. */

/** Work on the thread pool: name lookups and file access. */
const THREADED = /^(GetAddrInfo|GetNameInfo|FS)Req/

/**
 * Ends the process with `code`. `process.exit` waits for threads, and a lookup without a name server or a hung disk can block
 * for ever. If such a thread may be running (`isStuck`: it is, though Node does not list it), the process is replaced
 * by a program with the same exit code.
 */
export function endProcess(code: number, isStuck = false): never {
  if (isStuck || process.getActiveResourcesInfo().some((name) => THREADED.test(name))) {
    // Node itself: an image may have no shell. It returns only where the system has no such call.
    process.execve?.(process.execPath, [process.execPath, '--no-warnings', '-e', `process.exit(${code})`], {})
    if (isStuck) process.kill(process.pid, 'SIGKILL')
  }
  process.exit(code)
}
