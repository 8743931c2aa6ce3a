/** `tributary` without arguments: the daemon. */
import { configOf, readSources, USUAL_FILE } from '../config/index.ts'
import { runDaemon } from '../daemon.ts'
import { type Config, kinds } from '../kinds.ts'
import { FileWatch } from '../lib/file-watch.ts'
import { type Surroundings, version } from './command.ts'
import { known } from './failure.ts'

/** Runs until it is stopped. Its configuration is read again when somebody asks for it, and when one of its files has changed. `usualFile`: where else than usual the file may be. */
export async function runForever(
  { env, stop, reloads }: Surroundings,
  usualFile: string = USUAL_FILE,
): Promise<number> {
  const watch = reloads && new FileWatch(reloads.request)
  void stop.then(() => watch?.stop())
  let isFileInForce = false
  const read = (): Config => {
    const reading = readSources({ env, usualFile, isFileInForce }, kinds)
    void watch?.follow(reading.files)
    const config = configOf(reading)
    isFileInForce ||= reading.hasFile
    return config
  }
  const config = known(read())
  const reload = reloads && { requests: reloads, read: async () => read() }
  return runDaemon(config, { version: version(), stop, ...(reload && { reload }) })
}
