/** What `get` shows, each with the other names that it goes by. */
const namesOf = {
  clusters: ['cluster', 'memberclusters', 'membercluster', 'mcl'],
  exports: ['export', 'serviceexports', 'serviceexport'],
  policies: ['policy', 'targetgrouppolicies', 'targetgrouppolicy', 'tgp'],
  'target-groups': ['target-group', 'targetgroups', 'targetgroup', 'tg'],
  events: ['event', 'ev'],
} as const;

/** A resource, by its own name. */
export type ResourceName = keyof typeof namesOf;

/** All of them. */
export const resourceNames = Object.keys(namesOf) as readonly ResourceName[];

/** The resource that goes by a name. */
export function resourceNamed(text: string): ResourceName | undefined {
  return resourceNames.find((name) => name === text || (namesOf[name] as readonly string[]).includes(text));
}
