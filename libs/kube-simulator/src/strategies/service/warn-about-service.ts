import { listAt, objectAt, stringAt } from '../../object/json-value.js';
import { annotationsOf } from '../../object/kube-object.js';
import type { KubeObject } from '../../object/kube-object.js';

const hintsAnnotation = 'service.kubernetes.io/topology-aware-hints';

/** What the API server warns the writer of a Service about: fields that are deprecated, or that its type ignores. */
export function warnAboutService(service: KubeObject): string[] {
  const spec = objectAt(service, 'spec');
  const type = stringAt(spec, 'type');
  const hasExternalIps = listAt(spec, 'externalIPs').length > 0;
  const isHeadless = type === 'ClusterIP' && stringAt(spec, 'clusterIP') === 'None';
  const isExternalName = type === 'ExternalName';
  const warnings: readonly (readonly [boolean, string])[] = [
    [
      hintsAnnotation in annotationsOf(service),
      `annotation ${hintsAnnotation} is deprecated, please use service.kubernetes.io/topology-mode instead`,
    ],
    [isHeadless && stringAt(spec, 'loadBalancerIP') !== '', 'spec.loadBalancerIP is ignored for headless services'],
    [isHeadless && hasExternalIps, 'spec.externalIPs is ignored for headless services'],
    [isHeadless && stringAt(spec, 'sessionAffinity') !== 'None', 'spec.SessionAffinity is ignored for headless services'],
    [hasExternalIps && !isHeadless && !isExternalName, 'spec.externalIPs is deprecated and may no longer be implemented in some clusters'],
    [isExternalName && hasExternalIps, 'spec.externalIPs is ignored when spec.type is "ExternalName"'],
    [!isExternalName && stringAt(spec, 'externalName') !== '', 'spec.externalName is ignored when spec.type is not "ExternalName"'],
    [
      stringAt(spec, 'trafficDistribution') === 'PreferClose',
      'spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"',
    ],
  ];
  return warnings.filter(([applies]) => applies).map(([, text]) => text);
}
