/** I10: secrets stay where they belong. */
import type { Evidence } from '../evidence.ts'
import type { Finding } from '../row.ts'

/** Searches log, metrics, /status and the headers of dead letters for the canaries. */
export function secrecy({ rig, output, fault, control }: Evidence): Finding[] {
  const letters = [...fault.deadLetters, ...control.deadLetters]
  const headers = letters.map((letter) =>
    JSON.stringify(Object.entries(letter.headers).map(([name, value]) => [name, String(value)])),
  )
  const places: [string, string][] = [
    ['the output', output],
    ['/metrics or /status', rig.sampler.pages.join('\n')],
    ['headers of dead letters', headers.join('\n')],
  ]
  const leaks = Object.entries(rig.canaries).flatMap(([kind, canary]) =>
    places.filter(([, text]) => text.includes(canary)).map(([place]) => `the ${kind} canary is in ${place}`),
  )
  const looked = `${rig.sampler.pages.length} pages and ${output.length} bytes of output searched`
  return [{ id: 'I10', ok: leaks.length === 0 && output.length > 0, detail: leaks.join('; ') || looked }]
}
