/** Which packages are for development only, by their whole names. */

/** The part of package-lock.json that matters here. */
interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly devOptional?: boolean }>>
}

const FOLDER = 'node_modules/'

/** Names of those that package-lock.json has for development and for nothing else. `lock` is its text. */
export function developmentPackages(lock: string): ReadonlySet<string> {
  const { packages } = JSON.parse(lock) as Lock
  const top = Object.entries(packages).filter(([path]) => path.lastIndexOf(FOLDER) === 0)
  const needless = top.filter(([, { dev, devOptional }]) => dev || devOptional)
  return new Set(needless.map(([path]) => path.slice(FOLDER.length)))
}
