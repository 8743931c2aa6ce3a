/** The secrets of the configuration, by construction: the given text of every setting that is declared secret. */
import { parseList } from '../lib/list.ts'
import type { UrlPaths } from '../lib/redact-url.ts'
import { Secrets } from '../lib/secrets/index.ts'
import type { GivenText } from './report.ts'

/** What was given for settings that are not secret are names, and stay as they are. */
export function knownSecrets(texts: readonly GivenText[], paths: UrlPaths): Secrets {
  const secrets = new Secrets(paths)
  for (const { feed, setting, text, secret } of texts) {
    if (feed !== undefined) secrets.show(feed)
    if (secret) secrets.learn(feed, setting, text)
    else for (const name of [text.trim(), ...(parseList(text) ?? [])]) secrets.show(name)
  }
  return secrets
}
