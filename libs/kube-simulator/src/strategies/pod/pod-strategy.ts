import { cloneJson, equalJson, isJsonObject, listAt, numberAt, objectAt, stringAt } from '../../object/json-value.js';
import type { JsonObject } from '../../object/json-value.js';
import { generationOf, setMeta } from '../../object/kube-object.js';
import type { KubeObject } from '../../object/kube-object.js';
import { validateDnsLabel, validatePortName } from '../../object/names.js';
import type { Strategy } from '../../resources/resource.js';
import { child, duplicate, forbidden, indexed, invalid, notSupported, required } from '../../status/field-error.js';
import type { FieldError } from '../../status/field-error.js';
import { admitPod, admitPodSpec, applyPodDefaults } from './pod-defaults.js';

const restartPolicies = ['Always', 'OnFailure', 'Never'];
const pullPolicies = ['Always', 'IfNotPresent', 'Never'];
const protocols = ['SCTP', 'TCP', 'UDP'];

/** Pods: with their defaults, well-formed containers, and a spec that hardly changes. There is no kubelet: nothing runs. */
export const podStrategy: Strategy = {
  allowUnconditionalUpdate: true,
  allowCreateOnUpdate: false,
  statusFields: ['status'],
  applyDefaults: applyPodDefaults,
  prepareForCreate: (pod) => {
    setMeta(pod, 'generation', 1);
    admitPod(pod);
  },
  prepareForUpdate: (pod, old) => {
    admitPodSpec(pod);
    if (!equalJson(pod['spec'], old['spec'])) setMeta(pod, 'generation', generationOf(old) + 1);
  },
  validate: validatePod,
  validateUpdate: (pod, old) => [...validatePod(pod), ...validateSpecChange(pod, old)],
  validateStatusUpdate: () => [],
};

function validatePod(pod: KubeObject): FieldError[] {
  const spec = objectAt(pod, 'spec');
  const containers = listAt(spec, 'containers').filter(isJsonObject);
  const restartPolicy = stringAt(spec, 'restartPolicy');
  return [
    ...validateVolumes(listAt(spec, 'volumes').filter(isJsonObject)),
    ...(containers.length === 0 ? [required('spec.containers')] : validateContainers(containers, 'spec.containers', new Set())),
    ...validateContainers(
      listAt(spec, 'initContainers').filter(isJsonObject),
      'spec.initContainers',
      new Set(containers.map((container) => stringAt(container, 'name'))),
    ),
    ...(restartPolicies.includes(restartPolicy) ? [] : [notSupported('spec.restartPolicy', restartPolicy, restartPolicies)]),
    ...containers.flatMap((container, index) => validateImageText(container, indexed('spec.containers', index))),
  ];
}

function validateVolumes(volumes: readonly JsonObject[]): FieldError[] {
  const names = new Set<string>();
  return volumes.flatMap((volume, index) => {
    const path = child(indexed('spec.volumes', index), 'name');
    const name = stringAt(volume, 'name');
    const errors = name === '' ? [required(path)] : validateDnsLabel(name).map((message) => invalid(path, name, message));
    if (names.has(name)) errors.push(duplicate(path, name));
    names.add(name);
    return errors;
  });
}

function validateContainers(containers: readonly JsonObject[], path: string, names: Set<string>): FieldError[] {
  return containers.flatMap((container, index) => {
    const own = indexed(path, index);
    const name = stringAt(container, 'name');
    const pullPolicy = stringAt(container, 'imagePullPolicy');
    const errors =
      name === '' ? [required(child(own, 'name'))] : validateDnsLabel(name).map((message) => invalid(child(own, 'name'), name, message));
    if (names.has(name)) errors.push(duplicate(child(own, 'name'), name));
    names.add(name);
    if (stringAt(container, 'image') === '') errors.push(required(child(own, 'image')));
    if (!pullPolicies.includes(pullPolicy)) errors.push(notSupported(child(own, 'imagePullPolicy'), pullPolicy, pullPolicies));
    return [...errors, ...validatePorts(listAt(container, 'ports').filter(isJsonObject), child(own, 'ports'))];
  });
}

function validateImageText(container: JsonObject, path: string): FieldError[] {
  const image = stringAt(container, 'image');
  return image === image.trim() ? [] : [invalid(child(path, 'image'), image, 'must not have leading or trailing whitespace')];
}

function validatePorts(ports: readonly JsonObject[], path: string): FieldError[] {
  const names = new Set<string>();
  return ports.flatMap((port, index) => {
    const own = indexed(path, index);
    const name = stringAt(port, 'name');
    const number = numberAt(port, 'containerPort') ?? 0;
    const protocol = stringAt(port, 'protocol');
    const errors = name === '' ? [] : validatePortName(name).map((message) => invalid(child(own, 'name'), name, message));
    if (name !== '' && names.has(name)) errors.push(duplicate(child(own, 'name'), name));
    names.add(name);
    if (number === 0) errors.push(required(child(own, 'containerPort')));
    else if (number < 1 || number > 65_535)
      errors.push(invalid(child(own, 'containerPort'), number, 'must be between 1 and 65535, inclusive'));
    if (!protocols.includes(protocol)) errors.push(notSupported(child(own, 'protocol'), protocol, protocols));
    return errors;
  });
}

/** Of a pod's spec only images, the deadline, the grace period and new tolerations may change. */
function validateSpecChange(pod: KubeObject, old: KubeObject): FieldError[] {
  const changed = cloneJson(objectAt(pod, 'spec') ?? {});
  const before = cloneJson(objectAt(old, 'spec') ?? {});
  for (const spec of [changed, before]) {
    delete spec['activeDeadlineSeconds'];
    delete spec['tolerations'];
    delete spec['terminationGracePeriodSeconds'];
    for (const container of [...listAt(spec, 'containers'), ...listAt(spec, 'initContainers')].filter(isJsonObject))
      delete container['image'];
  }
  if (equalJson(changed, before)) return [];
  for (const field of ['containers', 'initContainers'])
    if (listAt(changed, field).length !== listAt(before, field).length)
      return [
        forbidden(child('spec', field), `pod updates may not add or remove ${field === 'containers' ? 'containers' : 'init containers'}`),
      ];
  return [
    forbidden(
      'spec',
      'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
    ),
  ];
}
