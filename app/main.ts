#!/usr/bin/env node
/** Where the process begins: the version of Node, signals, then the command. The only reader of process.env. */
import { reloadSignal } from './lib/reload-signal.ts'
import { stopSignal } from './lib/stop-signal.ts'
import { nodeTooOld } from './node-floor.ts'

const CONFIGURATION = 78
const tooOld = nodeTooOld(process.versions.node)

if (tooOld === undefined) {
  // From the first moment: loading the rest takes a while.
  const stop = stopSignal()
  const args = process.argv.slice(2)
  // Without arguments it is the daemon; any other command ends with its terminal.
  const reloads = args.length === 0 ? reloadSignal() : undefined
  // Not a static import: an old Node ends at what it cannot read in any module that is imported so.
  void import('./commands/index.ts').then(({ runCommand }) => runCommand(args, { env: process.env, stop, reloads }))
} else {
  process.stderr.write(`${tooOld}\n`)
  process.exitCode = CONFIGURATION
}
