import { isPermissive, licencesReadByHand } from './licences.ts';
import type { ProductionPackage } from './productionPackages.ts';
import { someOf } from './someOf.ts';

/** The fields of a CycloneDX component that are checked here. */
export interface SbomComponent {
  readonly name: string;
  readonly version: string;
  readonly purl?: string;
  readonly licenses?: readonly SbomLicence[];
}

type SbomLicence =
  | { readonly license: { readonly id?: string; readonly name?: string } }
  | { readonly expression: string };

/** A software bill of materials in CycloneDX's JSON, as `npm sbom` writes it. */
export interface Sbom {
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly metadata: { readonly component: SbomComponent };
  readonly components: readonly SbomComponent[];
}

/** Adds the licences that somebody has read by hand, where npm found none. */
export function withLicencesReadByHand(sbom: Sbom): Sbom {
  const components = sbom.components.map((component) => {
    const id = licencesReadByHand[idOf(component)];
    return component.licenses === undefined && id !== undefined
      ? { ...component, licenses: [{ license: { id } }] }
      : component;
  });
  return { ...sbom, components };
}

/**
 * What is wrong with a bill of materials: a package that is missing in it or does not belong there, or a licence that is
 * missing or not permissive.
 *
 * @param expected what the lock file says that an installation brings along
 * @returns a sentence with the fix for each
 */
export function sbomProblems(
  sbom: Sbom,
  self: Pick<SbomComponent, 'name' | 'version'>,
  expected: readonly Pick<ProductionPackage, 'name' | 'version'>[],
): readonly string[] {
  const found = new Set(sbom.components.map(idOf));
  const wanted = new Set(expected.map(idOf));
  const missing = [...wanted].filter((id) => !found.has(id));
  const beside = [...found].filter((id) => !wanted.has(id));
  return [
    ...(sbom.bomFormat === 'CycloneDX'
      ? []
      : [`The SBOM has the format "${sbom.bomFormat}", not CycloneDX.`]),
    ...(idOf(sbom.metadata.component) === idOf(self)
      ? []
      : [`The SBOM is of ${idOf(sbom.metadata.component)}, not of ${idOf(self)}.`]),
    ...(missing.length === 0
      ? []
      : [
          `The SBOM leaves out ${someOf(missing)}, which package-lock.json gives this package. Compare with npm ls --omit dev, and look for a fault of npm sbom.`,
        ]),
    ...(beside.length === 0
      ? []
      : [
          `The SBOM names ${someOf(beside)}, which package-lock.json does not give this package. Run npm install, so that package-lock.json fits package.json.`,
        ]),
    ...sbom.components.flatMap((component) => licenceProblem(component) ?? []),
  ];
}

function licenceProblem(component: SbomComponent): string | undefined {
  const licence = licenceOf(component);
  if (licence === undefined) {
    return `${idOf(component)} names no licence. Read it in the package, and add it to licencesReadByHand (packaging/release/licences.ts), or replace the package.`;
  }
  return isPermissive(licence)
    ? undefined
    : `${idOf(component)} has the licence ${licence}, which is not in the list of permissive ones. Replace the package. If the licence asks for nothing but to be named, add it to permissiveLicences (packaging/release/licences.ts).`;
}

/** The licences of a component as one SPDX expression; `undefined` if it names none. */
export function licenceOf({ licenses = [] }: SbomComponent): string | undefined {
  const names = licenses.flatMap((one) =>
    'expression' in one ? one.expression : (one.license.id ?? one.license.name ?? []),
  );
  return names.length > 1 ? names.map((name) => `(${name})`).join(' AND ') : names[0];
}

/** How often each licence occurs, most often first. */
export function licenceCounts({ components }: Sbom): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const component of components) {
    const licence = licenceOf(component) ?? 'none';
    counts.set(licence, (counts.get(licence) ?? 0) + 1);
  }
  return [...counts].sort(([, one], [, other]) => other - one);
}

function idOf({ name, version }: Pick<SbomComponent, 'name' | 'version'>): string {
  return `${name}@${version}`;
}
