/** The end of the process, at once. */

/** Work of threads: names that are looked up, files that are touched. */
const THREADED = /^(GetAddrInfo|GetNameInfo|FS)Req/

/**
 * Ends the process with `code`. `process.exit` first waits for every thread, and one that looks up a name where no name server
 * answers, or touches a disk that does not, takes long or for ever. So where such a thread may be at work (`isStuck`: where
 * one is, though it does not show), another program takes the place of this one, and ends with the same code.
 */
export function endProcess(code: number, isStuck = false): never {
  if (isStuck || process.getActiveResourcesInfo().some((name) => THREADED.test(name))) {
    // Node itself: an image may have no shell. It returns only where the system has no such call.
    process.execve?.(process.execPath, [process.execPath, '--no-warnings', '-e', `process.exit(${code})`], {})
    if (isStuck) process.kill(process.pid, 'SIGKILL')
  }
  process.exit(code)
}
