/** A package of the lock file. */
export interface LockedPackage {
  readonly name?: string;
  readonly version?: string;
  readonly integrity?: string;
  /** It lies in the tarball of another package. */
  readonly inBundle?: boolean;
  readonly dependencies?: Names;
  readonly optionalDependencies?: Names;
  readonly peerDependencies?: Names;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

type Names = Readonly<Record<string, string>>;

/** `package-lock.json`, version 3: the root is `''`, a package the path of its folder. */
export interface LockFile {
  readonly version?: string;
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

/** A package that an installation of this package brings along. */
export interface ProductionPackage {
  readonly name: string;
  readonly version: string;
  /** Whether npm compares what it downloads with a digest of the lock file. */
  readonly hasDigest: boolean;
}

/**
 * What an installation of this package brings along, also on other platforms: dependencies, those of dependencies, and
 * optional ones. Without what only development needs, and without peers, which the user's app brings.
 *
 * It follows the names from package to package. The flag `dev` of the lock file does not tell: npm sets it for an optional
 * dependency that is a development dependency too.
 */
export function productionPackages({ packages }: LockFile): readonly ProductionPackage[] {
  const found = new Set<string>();
  const follow = (from: string, names: Names = {}): void => {
    for (const name of Object.keys(names)) {
      const path = placeOf(name, from, packages);
      if (path !== undefined && !found.has(path)) {
        found.add(path);
        const { dependencies, optionalDependencies } = packages[path] ?? {};
        follow(path, { ...dependencies, ...optionalDependencies, ...neededPeers(packages[path]) });
      }
    }
  };
  follow('', { ...packages['']?.dependencies, ...packages['']?.optionalDependencies });
  return [...found].sort().map((path) => {
    const { name, version = '', integrity, inBundle } = packages[path] ?? {};
    return {
      name: name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
      version,
      hasDigest: integrity !== undefined || inBundle === true,
    };
  });
}

/**
 * What packages of the lock file name and the lock file does not have. `npm ci` refuses such a lock file. It comes about when
 * an optional package is missing in the registry: `npm install` leaves it out.
 */
export function unlockedNames({ packages }: LockFile): readonly string[] {
  return Object.entries(packages).flatMap(([path, { dependencies, optionalDependencies }]) =>
    Object.keys({ ...dependencies, ...optionalDependencies }).filter(
      (name) => placeOf(name, path, packages) === undefined,
    ),
  );
}

function neededPeers({ peerDependencies = {}, peerDependenciesMeta }: LockedPackage = {}): Names {
  const needed = Object.entries(peerDependencies).filter(([name]) => !peerDependenciesMeta?.[name]?.optional);
  return Object.fromEntries(needed);
}

/** Where Node.js finds a package that another one imports: in its own `node_modules`, or in one of the folders above. */
function placeOf(name: string, from: string, packages: LockFile['packages']): string | undefined {
  const path = `${from === '' ? '' : `${from}/`}node_modules/${name}`;
  if (Object.hasOwn(packages, path)) {
    return path;
  }
  const above = from.lastIndexOf('node_modules/');
  return from === '' ? undefined : placeOf(name, above <= 0 ? '' : from.slice(0, above - 1), packages);
}
