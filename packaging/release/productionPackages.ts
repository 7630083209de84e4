/** A package of the lock file. */
export interface LockedPackage {
  readonly name?: string;
  readonly version?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly peer?: boolean;
  readonly link?: boolean;
}

/** `package-lock.json`, version 3: the root is `''`, a package the path of its folder. */
export interface LockFile {
  readonly version?: string;
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

/** A package that an installation of this package brings along. */
export interface ProductionPackage {
  readonly name: string;
  readonly version: string;
  /** The digest that npm compares what it downloads with. */
  readonly integrity?: string;
}

/**
 * What an installation of this package brings along, also on other platforms: dependencies, those of dependencies, and
 * optional ones. Without what only development needs, and without peers, which the user's app brings.
 */
export function productionPackages({ packages }: LockFile): readonly ProductionPackage[] {
  return Object.entries(packages)
    .filter(([path, { dev, peer, link }]) => path !== '' && !dev && !peer && !link)
    .map(([path, { name, version = '', integrity }]) => ({
      name: name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
      version,
      ...(integrity === undefined ? {} : { integrity }),
    }));
}
