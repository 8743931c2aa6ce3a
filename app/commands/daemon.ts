/** `tributary` without arguments: the daemon. */
import { configOf, readSources } from '../config/index.ts'
import { runDaemon } from '../daemon.ts'
import { type Config, kinds } from '../kinds.ts'
import { FileWatch } from '../lib/file-watch.ts'
import { type Surroundings, sourcesOf, version } from './command.ts'
import { known } from './failure.ts'

/** Runs until stopped. Reloads the configuration on request, and when one of its files has changed. */
export async function runForever({ env, stop, reloads }: Surroundings): Promise<number> {
  const watch = reloads && new FileWatch(reloads.request)
  void stop.then(() => watch?.stop())
  const read = (): Config => {
    const reading = readSources(sourcesOf(env), kinds)
    void watch?.follow(reading.files)
    return configOf(reading)
  }
  const config = known(read())
  const reload = reloads && { requests: reloads, read: async () => read() }
  return runDaemon(config, { version: version(), stop, ...(reload && { reload }) })
}
