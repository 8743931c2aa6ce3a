/** Finds the text of a setting: in a layer, in the file that `<setting>_FILE` names, or under an alias. */
import { readText } from '../settings/files.ts'
import type { Settings } from '../settings/setting.ts'
import type { Layer } from './layers.ts'
import type { Report } from './report.ts'

/** The text of a setting and where it stood. */
export interface Given {
  /** Undefined when it could not be had; the report then says why. */
  readonly text: string | undefined
  /** What the operator calls the setting that holds it, or that names its file. */
  readonly variable: string
  /** The same for a problem: with line and column where it has them. */
  readonly called: string
  /** The file, if it came from one. */
  readonly path: string | undefined
  /** Of its layer; a lower one wins. */
  readonly rank: number
  /** Whether a problem may show the text, if the format allows it. */
  readonly isShown: boolean
  /** The variable that it is nothing but the value of, where another setting says so. */
  readonly reference?: string | undefined
  /** The value of a preset, or of a program that is replaced, which stood nowhere. */
  readonly isPreset?: true
}

/** Whose setting it is, as in the variables, and all that a feed has. */
export interface Feed {
  readonly name: string
  readonly table?: Settings
}

/** Looks up one name, of a feed or of none. The first layer that has it wins, whether as a text or as a file. */
export function lookup(layers: readonly Layer[], name: string, report: Report, feed?: Feed): Given | undefined {
  for (const layer of layers) {
    const given = lookupIn(layer, name, report, feed)
    if (given) return given
  }
  return undefined
}

function lookupIn(layer: Layer, name: string, report: Report, feed?: Feed): Given | undefined {
  const own = layer.get(name, feed?.name)
  const filed = `${name}_FILE`
  // A setting that is a path by itself (KAFKA_SSL_CA_FILE) is not read from a second file, and SCHEMA_FILE is not that of SCHEMA.
  const hasFile = !name.endsWith('_FILE') && !Object.hasOwn(feed?.table ?? {}, filed)
  const file = hasFile ? layer.get(filed, feed?.name) : undefined
  if (file === undefined) return own && { ...own, variable: own.name, path: undefined, rank: layer.rank }
  const path = file.text.trim()
  const found = { variable: file.name, called: file.called, path, isShown: false, rank: layer.rank }
  if (own === undefined) return { ...found, text: contentOf(path, file.called, file.name, report) }
  report.wrong(own.name, `${own.called} and ${file.called} are both set`, 'keep one of them')
  return { ...found, text: undefined }
}

function contentOf(path: string, called: string, variable: string, report: Report): string | undefined {
  report.files.add(path)
  const content = readText(path)
  if (typeof content !== 'string') {
    report.wrong(variable, `${called} ${content.predicate}`, content.cure)
    return undefined
  }
  if (content.trim() !== '') return content
  const setting = variable.replace(/_file$/i, '')
  report.wrong(variable, `${called} names an empty file`, `write the value of ${setting} into it`)
  return undefined
}

/** Looks up a name and its aliases, which must agree where one layer has several. */
export function lookupAny(layers: readonly Layer[], names: readonly string[], report: Report): Given | undefined {
  for (const layer of layers) {
    const found = names.flatMap((name) => lookupIn(layer, name, report) ?? [])
    if (new Set(found.flatMap(({ text }) => text?.trim() ?? [])).size > 1) {
      const variables = found.map(({ called }) => called).join(' and ')
      report.wrong(found[0]?.variable, `${variables} are set to different values but mean the same`, 'keep one of them')
    }
    if (found[0]) return found[0]
  }
  return undefined
}
