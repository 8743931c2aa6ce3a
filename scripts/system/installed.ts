/** The program as `npm install --global` leaves it. */
import { chmodSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './command.ts'
import { ROOT } from './engine.ts'

/** Builds it in `folder`: `dist/main.js`, and `tributary`, the link that stands in the PATH. Rejects when it does not compile. */
export async function install(folder: string): Promise<void> {
  const compiler = join(ROOT, 'node_modules', '.bin', 'tsc')
  await run([compiler, '-p', join(ROOT, 'tsconfig.build.json'), '--outDir', join(folder, 'dist')])
  chmodSync(join(folder, 'dist', 'main.js'), 0o755)
  symlinkSync(join(folder, 'dist', 'main.js'), join(folder, 'tributary'))
  for (const name of ['package.json', 'node_modules']) symlinkSync(join(ROOT, name), join(folder, name))
}
