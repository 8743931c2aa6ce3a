#!/usr/bin/env node
/** The command: serves one kind of upstream until SIGTERM or SIGINT. */
import { once } from 'node:events'
import { EXIT, Failure, runScript } from '../lib/failure.ts'
import { readArguments } from './arguments.ts'
import { startSynthesiser } from './server.ts'

const CURES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'Take another port with --port, or 0 for a free one.',
  EACCES: 'Take a port above 1023, or 0 for a free one.',
  EADDRNOTAVAIL: 'Give --host an address of this machine: 127.0.0.1, or 0.0.0.0 for all of them.',
  ENOTFOUND: 'Give --host an address of this machine: 127.0.0.1, or 0.0.0.0 for all of them.',
}

runScript('synthesise', async () => {
  const settings = readArguments(process.argv.slice(2))
  const stopped = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')])
  const synthesiser = await startSynthesiser(settings).catch((cause: NodeJS.ErrnoException) => {
    const cure = CURES[cause.code ?? '']
    throw cure === undefined ? cause : new Failure('Cannot listen', { cure, code: EXIT.unavailable, cause })
  })
  console.log(`Serving ${settings.kind} at ${synthesiser.url} (seed ${settings.seed}), health at /health`)
  await stopped
  await synthesiser.close()
  return 0
})
