/** The daemon with another usual place of its configuration, `USUAL_FILE`. */
import { runForever } from '../../app/commands/daemon.ts'
import { reloadSignal } from '../../app/lib/reload-signal.ts'
import { stopSignal } from '../../app/lib/stop-signal.ts'

const { USUAL_FILE = '', ...env } = process.env
process.exitCode = await runForever({ env, stop: stopSignal(), reloads: reloadSignal() }, USUAL_FILE)
process.exit()
