/** `tributary --help`: usage, then every setting by group. */
import { choices } from './choices.ts'
import { describeSettings, type SettingDescription } from './config/index.ts'

const USAGE = `tributary: from many WebSockets to Avro records in Kafka.

Usage:
  tributary            run; everything is configured by environment variables
  tributary check      validate the configuration and reach Kafka, the registry and every URL, then end
  tributary lane list  what the lanes in LANE_DIR hold, while no daemon uses them
  tributary lane export FEED         its messages as JSON lines, their data in base64; the lane stays as it is
  tributary lane discard FEED --yes  gives up all that it holds
  tributary redrive    what would become of dead letters now; sends them with --go (see tributary redrive --help)
  tributary --help     this text
  tributary --version

Exit codes: 0 stopped with nothing left behind, 1 messages undelivered or a bug of ours, 69 something is unreachable or a lane
unusable, 78 the configuration is wrong. SIGTERM and SIGINT stop in order; a second signal stops at once.

Every setting may also come from a file: NAME_FILE holds the path.
`

/** The whole text, ending in a line feed. Lines are at most 120 characters where words allow. */
export function help(): string {
  const groups = Map.groupBy(describeSettings(choices), ({ group }) => group)
  const sections = [...groups].map(([group, settings]) => `\n${group}\n${settings.map(setting).join('')}`)
  return USAGE + sections.join('')
}

function setting({ name, type, default: preset, required, help, aliases }: SettingDescription): string {
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
