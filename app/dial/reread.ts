/** URLs and headers that live in files, read again at each dial so that tokens stay fresh. */
import { readFile } from 'node:fs/promises'
import { SourceLost } from '../errors.ts'
import { errorCode } from '../lib/error-code.ts'
import { parseList } from '../lib/list.ts'

/** A file that holds a setting, and the variable that names it: problems show the variable, never the content. */
export interface SettingFile {
  readonly path: string
  readonly variable: string
}

/** Answers `url`, or the item at `index` (from 0) of the file's list. The answer throws `SourceLost('configuration')`. */
export function urlReader(url: string, index: number, file?: SettingFile): () => Promise<string> {
  if (!file) return async () => url
  return async () => {
    const urls = parseList(await read(file)) ?? garbled(file, 'a list of URLs')
    const fresh = urls[index]
    if (fresh === undefined)
      return lost(`${file.variable} holds ${urls.length} URLs, and this source is number ${index + 1}`)
    return isDialable(fresh) ? fresh : garbled(file, `a ws:// or wss:// URL as item ${index + 1}`)
  }
}

/** Answers `headers`, those of the file's JSON object winning. The answer throws `SourceLost('configuration')`. */
export function headersReader(
  headers: Readonly<Record<string, string>>,
  file?: SettingFile,
): () => Promise<Readonly<Record<string, string>>> {
  if (!file) return async () => headers
  return async () => merge(headers, parseHeaders(await read(file)) ?? garbled(file, 'a JSON object of strings'))
}

/** Header names have no case: `authorization` of the file replaces `Authorization`. */
function merge(
  headers: Readonly<Record<string, string>>,
  fresh: Readonly<Record<string, string>>,
): Record<string, string> {
  const replaced = new Set(Object.keys(fresh).map((name) => name.toLowerCase()))
  const kept = Object.entries(headers).filter(([name]) => !replaced.has(name.toLowerCase()))
  return { ...Object.fromEntries(kept), ...fresh }
}

async function read(file: SettingFile): Promise<string> {
  try {
    return (await readFile(file.path, 'utf8')).replace(/^\uFEFF/, '')
  } catch (cause) {
    return lost(`the file of ${file.variable} cannot be read (${errorCode(cause)})`, cause)
  }
}

function parseHeaders(text: string): Record<string, string> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    const entries = Object.entries(value)
    if (!entries.every(([, content]) => typeof content === 'string' || typeof content === 'number')) return undefined
    return Object.fromEntries(entries.map(([name, content]) => [name, String(content)]))
  } catch {
    return undefined
  }
}

function isDialable(url: string): boolean {
  return URL.canParse(url) && /^wss?:$/.test(new URL(url).protocol) && !url.includes('#')
}

/** No cause: a parser's error would quote the content. */
function garbled(file: SettingFile, expected: string): never {
  return lost(`the file of ${file.variable} does not hold ${expected}`)
}

function lost(message: string, cause?: unknown): never {
  throw new SourceLost('configuration', message, cause === undefined ? {} : { cause })
}
