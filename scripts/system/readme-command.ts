/** Check: the command of the README that registers a schema does so, with the programs that it names. */
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Scope } from '../../app/lib/scope.ts'
import { startRegistry } from '../stack/registry.ts'
import { type Check, expect, NotRun } from './check.ts'
import { attempt, works } from './command.ts'
import { ROOT } from './engine.ts'

const SCHEMA = { type: 'record', name: 'Quote', fields: [{ name: 'symbol', type: 'string' }] }
const TOOLS = ['jq', 'curl']

export const readmeCommand: Check = {
  help: 'the README registers a schema with jq and curl',
  async run({ signal, seen }) {
    for (const tool of TOOLS) {
      if (!(await works([tool, '--version']))) throw new NotRun(`no ${tool} in the PATH`, `apt install ${tool}`)
    }
    const [, command = ''] = /^(jq .* \| curl .*)$/m.exec(readFileSync(join(ROOT, 'README.md'), 'utf8')) ?? []
    const scope = new Scope()
    try {
      const { url } = scope.use(await startRegistry(), (it) => it.stop())
      const folder = scope.use(await mkdtemp(join(tmpdir(), 'tributary-system-')), (it) => rm(it, { recursive: true }))
      await writeFile(join(folder, 'Quote.avsc'), JSON.stringify(SCHEMA))
      const own = `cd ${folder} && ${command.replace('http://schema-registry:8081', url)}`
      const { code, output } = await attempt(['sh', '-c', own], { signal })
      expect(code === 0, `${command} ended with ${code}:\n${output}`)
      const latest = await (await fetch(`${url}/subjects/Quote-value/versions/latest`)).text()
      expect(/"version":1\b/.test(latest) && latest.includes('"Quote-value"'), `registered: ${latest}`)
      seen('version 1 of Quote-value is registered')
    } finally {
      await scope.close()
    }
  },
}
