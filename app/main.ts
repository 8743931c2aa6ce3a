#!/usr/bin/env node
/** Where the process begins: the version of Node, signals, then the command. The only reader of process.env. */
import { stopSignal } from './lib/stop-signal.ts'
import { nodeTooOld } from './node-floor.ts'

const CONFIGURATION = 78
const tooOld = nodeTooOld(process.versions.node)

if (tooOld === undefined) {
  // From the first moment: loading the rest takes a while.
  const stop = stopSignal()
  // Not a static import: an old Node ends at what it cannot read in any module that is imported so.
  void import('./command.ts').then(({ run }) => run(process.argv.slice(2), process.env, stop))
} else {
  process.stderr.write(`${tooOld}\n`)
  process.exitCode = CONFIGURATION
}
