/** `tributary --help`: usage, then every setting by group. */
import { describeSettings, type SettingDescription } from '../config/index.ts'
import { kinds } from '../kinds.ts'

const USAGE = `tributary: from many WebSockets to Avro records in Kafka.

Usage:
  tributary            run; everything is configured by environment variables, or by a file below them (TRIBUTARY_CONFIG)
  tributary check      look at everything that a run depends on, and say what is wrong and how to cure it
  tributary lane       what the lanes in LANE_DIR hold, while no daemon uses them: list, export or discard them
  tributary redrive    what would become of dead letters now; sends them with --go
  tributary config     what is in force and where each value is from, as a file that can be used again
  tributary schema     the JSON Schema of that file, for editors
  tributary help       this text; tributary help COMMAND or tributary COMMAND --help for one of those above
  tributary version

Exit codes: 0 stopped with nothing left behind, 1 messages undelivered or a bug of ours, 69 something is unreachable or a lane
unusable, 78 the configuration is wrong. SIGTERM and SIGINT stop in order; a second signal stops at once.

Every setting may also come from a file: NAME_FILE holds the path of a regular file of at most 16 MiB, unless it is a
setting itself. A duration without
a unit is in seconds; LINGER wants its unit, because elsewhere a bare number means milliseconds.
`

/** The whole text, ending in a line feed. Lines are at most 120 characters where words allow. */
export function help(): string {
  const groups = Map.groupBy(describeSettings(kinds), ({ group }) => group)
  const sections = [...groups].map(([group, settings]) => `\n${group}\n${settings.map(settingLines).join('')}`)
  return USAGE + sections.join('')
}

function settingLines({ name, type, default: preset, required, help, aliases }: SettingDescription): string {
  const notes = [
    type,
    required ? 'required' : preset === undefined ? '' : `default ${preset}`,
    aliases.length > 0 ? `also ${aliases.join(', ')}` : '',
  ]
  return `  ${name} (${notes.filter(Boolean).join('; ')})\n${wrap(help, 112)
    .map((line) => `      ${line}\n`)
    .join('')}`
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line && line.length + word.length >= width) {
      lines.push(line)
      line = word
    } else line = line ? `${line} ${word}` : word
  }
  return [...lines, line]
}
