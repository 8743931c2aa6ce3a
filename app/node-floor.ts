/** The oldest Node that runs Tributary. Loaded before all else, so written for a Node that is older. */

/** The oldest major version. */
export const NODE_FLOOR = 24

/** A sentence for `version` (such as `20.11.1`) when it is too old, with the cure; undefined when it is not. */
export function nodeTooOld(version: string): string | undefined {
  if (Number(version.split('.')[0]) >= NODE_FLOOR) return undefined
  return `tributary: this is Node ${version}, and Tributary needs Node ${NODE_FLOOR} or newer; get it from https://nodejs.org/en/download, with \`nvm install ${NODE_FLOOR}\`, or run the container image.`
}
