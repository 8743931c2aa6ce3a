/** The generated files of this repository, by path from its root. */
import { schemaText } from '../../app/commands/schema.ts'
import { describeSettings } from '../../app/config/index.ts'
import { kinds } from '../../app/kinds.ts'
import { fittingPage } from './fitting-page.ts'
import { messagesPage } from './messages-page.ts'
import { metricsPage } from './metrics-page.ts'
import { sampleEnv } from './sample-env.ts'
import { sampleYaml } from './sample-yaml.ts'
import { settingsPage } from './settings-page.ts'

/** Path → text, made from the declarations in app/. */
export function pages(): ReadonlyMap<string, string> {
  const settings = describeSettings(kinds)
  return new Map([
    ['sample.env', sampleEnv(settings)],
    ['sample.yaml', sampleYaml(settings)],
    ['docs/tributary.schema.json', schemaText()],
    ['docs/settings.md', settingsPage(settings)],
    ['docs/metrics.md', metricsPage()],
    ['docs/fitting.md', fittingPage()],
    ['docs/messages.md', messagesPage()],
  ])
}
