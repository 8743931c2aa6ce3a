/** Reads URLs, headers and open messages from files at each dial, so that tokens stay fresh. */
import { SourceLost } from '../errors.ts'
import { errorCode } from '../lib/error-code.ts'
import { exactMembers, exactText } from '../lib/exact-json.ts'
import { freshFile } from '../lib/fresh-file.ts'
import { parseList } from '../lib/list.ts'
import { openMessagesIn } from '../lib/open-messages.ts'
import { UnfitFile } from '../lib/setting-file.ts'

/** A file with a setting. Errors show `variable`, which names the file, never the content. `learn` is called with each new text. */
export interface SettingFile {
  readonly path: string
  readonly variable: string
  readonly learn: (text: string) => void
}

/** Returns a function from index (from 0) to URL, read from the file if given. The returned function throws `SourceLost('configuration')`. */
export function urlReader(urls: readonly string[], file?: SettingFile): (index: number) => Promise<string> {
  if (!file) return async (index) => urls[index] ?? ''
  const list = reader(file, (text) => parseList(text) ?? garbled(file, 'a list of URLs'))
  return async (index) => {
    const fresh = await list()
    const url = fresh[index]
    if (url === undefined)
      return refuseConfiguration(`${file.variable} holds ${fresh.length} URLs, and this source is number ${index + 1}`)
    // Copied: a substring would pin the whole text of the file while the connection lasts.
    return isDialable(url) ? Buffer.from(url).toString() : garbled(file, `a ws:// or wss:// URL as item ${index + 1}`)
  }
}

/** Returns a function to `headers`, overridden by the file's JSON object. The returned function throws `SourceLost('configuration')`. */
export function headersReader(
  headers: Readonly<Record<string, string>>,
  file?: SettingFile,
): () => Promise<Readonly<Record<string, string>>> {
  if (!file) return async () => headers
  return reader(file, (text) => merge(headers, parseHeaders(text) ?? garbled(file, 'a JSON object of strings')))
}

/** Returns a function to `messages`, or to the present messages of the file. The returned function throws `SourceLost('configuration')`. */
export function openMessagesReader(messages: readonly string[], file?: SettingFile): () => Promise<readonly string[]> {
  if (!file) return async () => messages
  return reader(file, (text) => {
    const messages = openMessagesIn(text) ?? garbled(file, 'a JSON array of messages')
    return messages.every((message) => message.isWellFormed())
      ? messages
      : garbled(file, 'messages of whole characters')
  })
}

/** Returns a function that reads and parses the present file. */
function reader<T>(file: SettingFile, parse: (text: string) => T): () => Promise<T> {
  const fresh = freshFile(file.path, (text) => {
    file.learn(text)
    return parse(text)
  })
  return async () => {
    try {
      return await fresh()
    } catch (error) {
      if (error instanceof SourceLost) throw error
      if (error instanceof UnfitFile) return refuseConfiguration(`${file.variable} names ${error.message}`)
      return refuseConfiguration(`the file of ${file.variable} cannot be read (${errorCode(error)})`, error)
    }
  }
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

function parseHeaders(text: string): Record<string, string> | undefined {
  const headers: [string, string][] = []
  for (const [name, content] of exactMembers(text) ?? [['', undefined]]) {
    const value = exactText(content)
    if (value === undefined) return undefined
    headers.push([name, value])
  }
  return Object.fromEntries(headers)
}

function isDialable(url: string): boolean {
  return URL.canParse(url) && /^wss?:$/.test(new URL(url).protocol) && !url.includes('#')
}

/** No cause: a parser's error would quote the content. */
function garbled(file: SettingFile, expected: string): never {
  return refuseConfiguration(`the file of ${file.variable} does not hold ${expected}`)
}

function refuseConfiguration(message: string, cause?: unknown): never {
  throw new SourceLost('configuration', message, cause === undefined ? {} : { cause })
}
