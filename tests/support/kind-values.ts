/** Values of the settings that a kind declares, for suites that run over every entry of a registry. */
import { byProperty, type Settings, type Values } from '../../app/settings/setting.ts'

/** Each setting at its default, or as in its example where `examples` is set or nothing can be made without it. */
export function kindValues(settings: Settings, examples = false): Values<Settings> {
  const named = Object.entries(settings).map(([name, setting]): [string, unknown] => {
    const { default: preset, example, required, format } = setting
    const text = examples ? (example ?? preset) : (preset ?? (required ? example : undefined))
    return [name, text === undefined ? undefined : format.parse(text)]
  })
  return byProperty(settings, Object.fromEntries(named))
}
